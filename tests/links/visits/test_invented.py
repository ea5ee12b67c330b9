"""Some two hundred invented pages, with and without a site around them: what is gone is never good, what lives never broken."""

import pytest
from detection_notes.links.codes import DEAD, kind_of
from detection_notes.links.model import Task
from detection_notes.links.visits import page
from detection_notes.links.visits.page import Answer

URL = "http://site.example/p/123"
MADE_UP = f"http://site.example/p/{page.MADE_UP}"
SCRIPT = "<script>" + "var a=function(){return 1};" * 600 + "</script>"
MENU = "<header><nav><ul>" + "".join(f"<li><a href=/c{n}>栏目{n} Category</a></li>" for n in range(60)) + "</ul></nav></header>"
FOOT = "<footer><p>© 2024 某某科技有限公司 京ICP备12345678号 联系我们 关于我们 隐私政策 服务条款</p></footer>"
LONG = "<p>" + "卷积层的输出尺寸由步长和填充决定，下面用一个小例子验证一遍。" * 40

GONE = [
    ('某站', '<div class=msg>该文章因违反社区规定已被删除</div>'),
    ('某站', '<p>您访问的内容涉嫌违规，已被系统屏蔽</p>'),
    ('某站', '<h2>对不起，您要查看的帖子不存在或者已经被删除。</h2>'),
    ('提示信息 - 论坛 - Powered by Discuz!', '<p>抱歉，指定的主题不存在或已被删除或正在被审核</p>'),
    ('提示信息', '<p>您无权访问该内容</p>'),
    ('某站', '<p>文章已下线</p>'),
    ('某站', '<p>内容正在审核中，暂时无法查看</p>'),
    ('某站', '<p>该内容仅作者可见</p>'),
    ('掘金', '<p>文章不存在或已被删除</p>'),
    ('简书', '<h1>您要找的页面不存在</h1><p>可能是因为您的链接地址有误、该文章已经被作者删除或转为私密状态。</p>'),
    ('CSDN', '<p>抱歉，您所访问的页面不存在</p>'),
    ('博客园', '<p>该博客已被关闭</p>'),
    ('博客园_404', '<p>页面不存在</p>'),
    ('OSCHINA', '<p>该文章已被作者删除</p>'),
    ('百度文库', '<p>该文档已被删除</p>'),
    ('豆丁', '<p>文档已被作者删除，暂时无法查看</p>'),
    ('优酷', '<p>该视频已被上传者删除</p>'),
    ('腾讯视频', '<p>视频已下架</p>'),
    ('网易公开课', '<p>课程已下线</p>'),
    ('慕课网', '<p>哎呀！您访问的课程不见了</p>'),
    ('Gitee', '<p>你所访问的资源不存在</p>'),
    ('Gitee', '<p>仓库未开源或已被删除</p>'),
    ('码云', '<p>您访问的仓库已被屏蔽</p>'),
    ('语雀', '<p>页面不存在或无权限访问</p>'),
    ('飞书', '<p>文档已被删除</p>'),
    ('石墨文档', '<p>你访问的文件已被删除</p>'),
    ('腾讯文档', '<p>该文档已被创建者删除</p>'),
    ('阿里云盘', '<p>来晚啦，该分享已失效</p>'),
    ('阿里云盘', '<p>分享链接已被取消</p>'),
    ('天翼云盘', '<p>抱歉，您访问的页面地址有误，或者该页面不存在</p>'),
    ('微云', '<p>该分享已被删除</p>'),
    ('夸克网盘', '<p>文件已被分享者删除</p>'),
    ('夸克网盘', '<p>分享已过期</p>'),
    ('Medium', '<h1>Page not found</h1>'),
    ('Medium', '<p>The author deleted this Medium story.</p>'),
    ('Medium', '<p>This account is under investigation or was found in violation of the Medium Rules.</p>'),
    ('Blog', '<h1>Blog not found</h1>'),
    ('Blog', '<p>Sorry, the blog you were looking for does not exist.</p>'),
    ('Wiki', '<p>There is currently no text in this page.</p>'),
    ('Reddit', '<p>Sorry, this post was removed by Reddit’s filters.</p>'),
    ('Reddit', '<p>This community has been banned</p>'),
    ('Quora', '<p>Page Not Found</p>'),
    ('Slideshare', '<p>The SlideShare you requested has been removed</p>'),
    ('Dropbox', "<p>That file isn't here anymore</p>"),
    ('Dropbox', '<p>This link was deleted or expired</p>'),
    ('Google Drive', '<p>Sorry, the file you have requested does not exist.</p>'),
    ('Google Docs', "<p>Sorry, you can't view or download this file at this time.</p>"),
    ('OneDrive', '<p>This item might not exist or is no longer available</p>'),
    ('Vimeo', '<p>Sorry, we couldn’t find that page</p>'),
    ('Vimeo', '<p>This video does not exist.</p>'),
    ('Coursera', "<p>We were not able to find the page you're looking for.</p>"),
    ('Kaggle', "<p>We can't find that page.</p>"),
    ('HF', "<p>Sorry, we can't find the page you are looking for.</p>"),
    ('HF', '<p>This model does not exist.</p>'),
    ('Colab', '<p>Notebook not found</p>'),
    ('Bitbucket', "<p>We can't let you see this page</p>"),
    ('Bitbucket', '<p>Repository not found</p>'),
    ('SourceForge', "<p>Whoops, we can't find that page.</p>"),
    ('Docs', '<p>Oops, the document has been moved or deleted.</p>'),
    ('Shop', '<p>Sorry, this product is no longer available.</p>'),
    ('Site', "<p>Sorry, there's nothing at this address.</p>"),
    ('Site', '<p>This site is no longer available.</p>'),
    ('Site', '<p>Unfortunately the page you’ve requested cannot be displayed.</p>'),
    ('Site', '<p>We’ve moved some things around and the page you’re looking for can’t be found.</p>'),
    ('Site', '<p>The page may have been moved, deleted, or is temporarily unavailable.</p>'),
    ('Site', '<p>Error: page does not exist</p>'),
    ('Site', '<p>HTTP 404 - File not found</p>'),
    ('Site', '<p>404 Page Not Found</p>'),
    ('Site', '<p>The page cannot be found</p>'),
    ('Site', '<p>Object not found!</p>'),
    ('Site', '<p>The requested resource is not available.</p>'),
    ('Site', '<p>Content Removed</p>'),
    ('Site', '<p>This content has been removed for violating our policy.</p>'),
    ('Site', '<p>This tweet is unavailable</p>'),
    ('Site', '<p>Hmm...this page doesn’t exist. Try searching for something else.</p>'),
    ('Site', "<p>This profile isn't available</p>"),
    ('Site', '<p>The course you are looking for is not available.</p>'),
    ('Site', '<p>Thread not found.</p>'),
    ('Site', "<p>The specified thread does not exist. That's all we know.</p>"),
    ('Site', '<p>Topic does not exist.</p>'),
    ('Site', '<p>No such article.</p>'),
    ('Site', '<p>Post deleted.</p>'),
    ('很抱歉，此页面暂时找不到！', '<p>返回</p>'),
    ('您访问的页面找不回来了', '<p>返回首页</p>'),
    ('出错了_某站', '<p>访问的页面不存在</p>'),
    ('页面找不到了-某站', '<p>x</p>'),
    ('404_某站', '<p>x</p>'),
    ('某站404页面', '<p>x</p>'),
    ('错误 404', '<p>x</p>'),
    ('Error', '<p>The page you requested was not found.</p>'),
    ('Oops!', "<p>We can't find that page</p>"),
    ('Not Found (#404)', '<p>x</p>'),
    ('404: Not Found', '<p>x</p>'),
    ('404 | Site', '<p>x</p>'),
    ('Site — 404', '<p>x</p>'),
    ('Page Not Found (404)', '<p>x</p>'),
    ('We could not find the page | X', '<p>x</p>'),
    ('找不到网页', '<p>x</p>'),
    ('無法找到網頁', '<p>x</p>'),
    ('お探しのページが見つかりません', '<p>x</p>'),
    ('ページが見つかりませんでした - site', '<p>x</p>'),
    ('Halaman tidak ditemukan', '<p>x</p>'),
    ('Oops – diese Seite existiert nicht', '<p>x</p>'),
]
LIVE = [
    ('搭建 404 页面的三种方法', LONG),
    ('404 Not Found 是什么意思', LONG),
    ('Page not found – how we fixed it', LONG),
    ('“该内容已被发布者删除”的真相', LONG),
    ('域名转让流程', LONG),
    ('如何出售域名', LONG),
    ('Cloudflare Just a moment 绕过', LONG),
    ('nginx 安装教程：Welcome to nginx!', LONG),
    ('安全验证 - 阿里云文档', LONG),
    ('登录 - 帮助中心', LONG),
    ('人机验证原理', LONG),
    ('Access Denied | MySQL 错误 1045', LONG),
    ('Not Found 异常处理', LONG),
    ('文件不存在怎么办', LONG),
    ('链接已失效的处理', LONG),
    ('FileNotFoundError: file not found', LONG),
    ('503 Service Unavailable 排查', LONG),
    ('账号已注销怎么恢复', LONG),
    ('Redirecting stdout in bash', LONG),
    ('Loading data with PyTorch', LONG),
    ('Blocked matrix multiplication', LONG),
    ('Gone with the wind', LONG),
    ('Security verification of protocols', LONG),
    ('CAPTCHA', LONG),
    ('robot check list', LONG),
    ('请稍候再试错误', LONG),
    ('Forbidden techniques', LONG),
    ('Netron', '<div id=root></div><p>Visualizer for neural networks</p>'),
    ('App', '<div id=app></div><noscript>You need to enable JavaScript to run this app.</noscript>'),
    ('paper.pdf viewer', '<p>Loading PDF…</p>'),
    ('CS231n', '<p>Course notes</p><ul><li><a href=/a>Module 1</a></ul>'),
    ('Index of /data', '<pre><a href=a>a.zip</a> 2020 1M</pre>'),
    ('目录', '<ul><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a><li><a href=/x>如果页面不存在怎么办</a></ul>'),
    ('YOLO', '<p>You only look once</p>'),
    ('Demo', '<canvas></canvas><p>Draw a digit</p>'),
    ('Contact', '<p>Email us</p><form><input name=q></form>'),
    ('搜索', '<p>请输入关键词</p>'),
    ('短文', '<p>今天天气很好。</p>'),
    ('An issue', '<p>This issue has been closed</p>'),
    ('Archived', '<p>This repository was archived by the owner</p>'),
    ('Release', '<p>This version is no longer supported</p>'),
    ('下载', '<p>点击下载，若链接失效请留言</p>'),
    ('论坛帖', '<p>楼主：谢谢</p><p>回复：不客气</p>'),
    ('Quote', '<p>He said: “Page not found” and left.</p>'),
    ('Q', '<p>Why do I get page not found?</p>'),
    ('Note', '<p>Note that the dataset has been updated.</p>'),
    ('Status', '<p>All systems operational</p>'),
    ('Poem', '<p>The road not taken</p>'),
    ('Gist', "<p>gist: fix the bug</p><pre>raise Http404('Page not found')</pre>"),
    ('config', '<pre>error_page 404 /404.html;</pre>'),
    ('API', '<p>Returns 404 if the item is not found.</p>'),
    ('Docs', '<p>If the file does not exist, it is created.</p>'),
    ('文档', '<p>若文件不存在，则返回空。</p>'),
    ('FAQ', '<p>问：账号被封怎么办？答：联系客服。</p>'),
    ('公告', '<p>本站已启用新域名</p>'),
    ('关于', '<p>本网站已备案</p>'),
    ('服务', '<p>网络安全验证服务商</p>'),
    ('登录说明', '<p>登录后可以评论</p>'),
    ('某人的主页', '<p>这个人很懒，什么都没有留下</p>'),
    ('空仓库', '<p>This repository is empty.</p>'),
    ('New', '<p>No comments yet</p>'),
    ('Tag', '<p>1 post</p>'),
    ('v1.0', '<p>Assets 2</p>'),
    ('表单', '<form><input type=password></form><p>设置密码</p>'),
]
WALLS = [
    ('', '<iframe src=/_Incapsula_Resource?SWUDNSAI=1></iframe>'),
    ('Just a moment...', '<div></div>'),
    ('请稍候…', '<p>正在检查您的浏览器</p>'),
    ('安全检查', '<p>x</p>'),
    ('Checking your browser - reCAPTCHA', '<p>x</p>'),
    ('DDoS-Guard', '<p>x</p>'),
    ('Human Verification', '<p>x</p>'),
    ('访问验证', '<p>请拖动滑块</p>'),
    ('某站', '<p>请完成安全验证后继续访问</p>'),
    ('验证码', '<img src=c.png>'),
    ('Attention Required! | Cloudflare', '<p>Sorry, you have been blocked</p>'),
    ('Sorry, you have been blocked', '<p>x</p>'),
    ('Error 1020', '<p>Access denied</p>'),
    ('WAF拦截', '<p>您的请求被拦截</p>'),
    ('405', '<p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</p>'),
    ('网站防火墙', '<p>您的请求带有不合法参数，已被网站管理员设置拦截！</p>'),
    ('访问禁止', '<p>x</p>'),
    ('Please verify you are a human', '<p>x</p>'),
    ('Site', '<p>Please complete the security check to access</p>'),
    ('Site', '<p>We need to make sure you are not a robot</p>'),
    ('Site', '<p>Your access to this site has been limited</p>'),
    ('', "<script>location.href='/x'</script>"),
    ('Oh noes!', "<p>Making sure you're not a bot</p>"),
    ('Site', '<p>Enable JavaScript and cookies to continue</p>'),
    ('Just a moment please', '<p>x</p>'),
    ('人机身份验证', '<p>x</p>'),
    ('正在进行安全检测...', '<p>x</p>'),
    ('网络异常', '<p>系统检测到您的网络环境存在异常</p>'),
]  # fmt: skip


def made(title: str, body: str, site: bool) -> str:
    around = (MENU, FOOT) if site else ("", "")
    return f"<!doctype html><html lang=zh><head><meta charset=utf-8><title>{title}</title>{SCRIPT}</head><body>{around[0]}{body}{around[1]}</body></html>"


def code(html: str, neighbour: str) -> str | None:
    """What is said of a page whose neighbour is answered so."""
    answers = {
        "honest": Answer(MADE_UP, MADE_UP, 404, {}, b"<title>404</title>", True, False),
        "same": Answer(MADE_UP, MADE_UP, 200, {}, html.encode(), True, False),
        "other": Answer(MADE_UP, MADE_UP, 200, {}, made("另一页", LONG, True).encode(), True, False),
        "barred": Answer(MADE_UP, MADE_UP, 403, {}, b"", True, False),
    }
    answer = Answer(URL, URL, 200, {}, html.encode(), True, False)
    return page.understand(answer, Task(URL, (URL,)), lambda: answers.get(neighbour)).error


@pytest.mark.parametrize("site", [False, True], ids=["bare", "site"])
@pytest.mark.parametrize(("title", "body"), GONE)
def test_what_is_gone_is_never_good(title: str, body: str, site: bool) -> None:
    html = made(title, body, site)

    assert code(html, "honest") not in (None, "soft-404")
    assert code(html, "same") is not None


@pytest.mark.parametrize(("title", "body"), LIVE)
def test_what_lives_is_good_and_never_broken(title: str, body: str) -> None:
    html = made(title, body, True)

    assert code(html, "honest") is None and code(html, "other") is None
    for neighbour in ("same", "barred", "silent"):
        said = code(html, neighbour)
        assert said is None or kind_of(said) is not DEAD


@pytest.mark.parametrize(("title", "body"), WALLS)
def test_a_wall_is_unknown(title: str, body: str) -> None:
    html = made(title, body, False)

    for neighbour in ("honest", "same"):
        said = code(html, neighbour)
        assert said is not None and kind_of(said) is not DEAD
