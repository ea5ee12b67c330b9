"""Every line of signatures.toml: on a page of real size, beside an honest neighbour, and quoted by an article."""

import functools
import html
import textwrap
from dataclasses import dataclass, field

import pytest
from detection_notes.links.codes import DEAD, kind_of
from detection_notes.links.model import Task
from detection_notes.links.visits import markup, page, signatures
from detection_notes.links.visits.page import Answer, Said
from detection_notes.links.visits.signatures import SignatureError, Signature, parse, table

SCRIPT = "window.config=function(e){return e.data||{}};" * 700  # about 32 KB, as real notices have
PROSE = "这一段讲的是卷积层的输出尺寸怎样计算，先看步长，再看填充，最后取整；每一步都用小数字验证一遍。"


@dataclass(frozen=True)
class Sample:
    """What a site says: ``said`` stands in the title, the text or the source of a page of ``host``, in an address or a header."""

    host: str
    where: str
    said: str
    title: str = "某站"
    more: str = ""
    status: int = 200

    def __str__(self) -> str:
        return f"{self.host} {self.where} {self.said[:40]}"


def on(host: str, where: str, *said: str, **more: str) -> list[Sample]:
    return [Sample(host, where, each, **more) for each in said]


WEIXIN = '<i class="weui-icon-warn weui-icon_msg"></i>'
OWN = [
    *on("mp.weixin.qq.com", "text", "该内容已被发布者删除", "该内容已被发送人删除", "此内容因违规无法查看", title="", more=WEIXIN),
    *on("mp.weixin.qq.com", "text", "Unable to view this content because it violates regulations", title="", more=WEIXIN),
    *on("mp.weixin.qq.com", "text", "此内容被投诉且经审核涉嫌侵权，无法查看。", "此内容发送失败无法查看", "此帐号已被屏蔽", "此帐号已自主注销", title="", more=WEIXIN),
    *on("mp.weixin.qq.com", "text", "链接已过期", "参数错误", "该公众号已迁移", "根据作者隐私设置，无法查看该内容", title="微信公众平台", more=WEIXIN),
    *on("mp.weixin.qq.com", "text", "环境异常", "当前环境异常，完成验证后即可继续访问。", "访问过于频繁，请用微信扫描二维码进行访问", title="", more=WEIXIN),
    *on("pan.baidu.com", "title", "百度网盘-链接不存在", "页面不存在"),
    *on("pan.baidu.com", "text", "啊哦，你来晚了，分享的文件已经被删除了，下次要早点哟。", "啊哦，你来晚了，分享的文件已经被取消了", title="百度网盘"),
    *on("yun.baidu.com", "text", "啊哦，来晚了，该分享文件已过期", title="百度网盘"),
    *on("pan.baidu.com", "text", "此链接分享内容可能因为涉及侵权、色情、反动、低俗等信息，无法访问！", "由于访问次数过多，该分享链接已失效", title="百度网盘"),
    *on("www.bilibili.com", "title", "视频去哪了呢？_哔哩哔哩_bilibili", "视频去哪了呢？_哔哩哔哩 (゜-゜)つロ 干杯~-bilibili", "出错啦! - bilibili.com"),
    *on("tieba.baidu.com", "title", "贴吧404"),
    *on("tieba.baidu.com", "text", "很抱歉，该贴已被删除。", "抱歉，您访问的贴子被隐藏，暂时无法访问。", "该吧被合并您所访问的贴子无法显示", title="百度贴吧"),
    *on("www.zhihu.com", "text", "你似乎来到了没有知识存在的荒原", title="知乎 - 有问题，就会有答案"),
    *on("link.zhihu.com", "title", "知乎 - 安全中心"),
    *on("www.douban.com", "title", "豆瓣 - 登录跳转页", "禁止访问"),
    *on("movie.douban.com", "text", "检测到有异常请求从你的 IP 发出，请登录使用豆瓣。", "呃...你想访问的页面不存在", "条目不存在", title="豆瓣"),
    *on("weibo.com", "text", "抱歉，此微博已被作者删除。", title="微博"),
    *on("blog.sina.com.cn", "text", "抱歉，您要访问的页面不存在或被删除！", title="新浪博客"),
    *on("wwa.lanzoux.com", "text", "来晚啦...文件取消分享了", "文件不存在，或者已被删除", "文件不存在,或已删除", title="蓝奏云"),
    *on("www.youtube.com", "source", '{"playabilityStatus":{"status":"ERROR","reason":"Video unavailable"}}', title=" - YouTube"),
    *on("www.youtube.com", "title", " - YouTube"),
    *on("x.com", "title", "X", ""),
    *on("www.instagram.com", "title", "Login • Instagram", "Instagram"),
    *on("drive.google.com", "title", "Google Drive: Sign-in"),
    *on("www.xiaohongshu.com", "text", "当前笔记暂时无法浏览", title="小红书"),
]
ANYBODY = [
    *on("*", "header", "cf-mitigated: challenge", "x-amzn-waf-action: challenge", "x-vercel-mitigated: challenge", "set-cookie: __jsl_clearance_s=1700000000.1|-1|x; path=/"),
    Sample("*", "header", "set-cookie: __jsluid_s=8a; max-age=31536000; path=/; HttpOnly", status=521),
    *on("*", "source", "window._cf_chl_opt={cvId:'3'}", "<div class=cf-browser-verification></div>", "<form action='/?__cf_chl_tk=x'></form>"),
    *on("*", "source", '<script id="anubis_challenge" type="application/json">{}</script>', "<script src='/.within.website/x/cmd/anubis/static/js/main.mjs'></script>"),
    *on("*", "source", "<script src='/_fs-ch-1T1wmsGaOgGaSxcX/script.js'></script>", "<script>window.gokuProps = {};</script>"),
    *on("*", "source", "<iframe id=main-iframe src='/_Incapsula_Resource?SWUDNSAI=31&xinfo=1'></iframe>", "<p>Request unsuccessful. Incapsula incident ID: 1-2</p>"),
    *on("*", "source", "<script>sucuri_cloudproxy_js='';</script>", '<meta name="aliyun_waf_aa" content="1">', '<textarea id="renderData">{"_waf_bd":"1"}</textarea>'),
    *on("*", "source", "<script>document.cookie='acw_sc__v2='+x</script>", "<script>setCookie('acw_sc__v3')</script>", "<script>var x5secdata='';</script>"),
    *on("*", "source", "<script>document.cookie='__jsl_clearance_s='+x</script>", '<meta id="zh-zse-ck" content="1">', "<script>$_ts=window['$_ts'];</script>"),
    *on("*", "source", "<script src=/_guard/auto.js></script>", "<script src=/.safeline/static/x.js></script>", "<div class=x-waf-captcha></div>"),
    *on("*", "source", "<script src=/.well-known/ddos-guard/js-challenge/index.js></script>", "<script src=https://geo.captcha-delivery.com/c.js></script>"),
    *on("*", "source", '<div id="px-captcha"></div>', "<form action=/errors/validateCaptcha></form>"),
    *on("*", "address", "http://site.example/account/unhuman?type=unhuman", "http://passport.example/visitor/visitor?entry=miniblog", "http://site.example/_____tmd_____/punish?x5=1"),
    *on("sec.douban.com", "address", "http://sec.douban.com/a?c=1"),
    *on("www.google.com", "address", "http://www.google.com/sorry/index?q=x"),
    *on("www.google.co.jp", "address", "http://www.google.co.jp/sorry/index?q=x"),
    *on("www.xiaohongshu.com", "address", "http://www.xiaohongshu.com/website-login/captcha?redirectPath=x"),
    *on("www.linkedin.com", "address", "http://www.linkedin.com/authwall?trk=x"),
    *on("*", "title", "Just a moment...", "Attention Required! | Cloudflare", "Client Challenge", "Making sure you're not a bot!", "Making sure you’re not a bot!", "Access Denied", "Robot Check"),
    *on("*", "title", "百度安全验证", "滑动验证页面", "Sina Visitor System", "访问被拦截", "请稍候…"),
    *on("*", "text", "您的访问过于频繁，请稍后再试", "由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。", "请完成下方的安全验证"),
    *on("*", "text", "Checking if the site connection is secure", "Please verify you are a human", "To discuss automated access to Amazon data please contact us."),
    *on("*", "address", "http://site.example/static/webblock.html?d=x", "http://batit.aliyun.com/alww.html"),
    *on("*", "text", "该网站未备案，暂时无法访问", "该网站暂时无法进行访问"),
    *on("*", "address", "http://site.example/cgi-sys/suspendedpage.cgi", "http://site.example/cgi-sys/defaultwebpage.cgi", "http://www.hugedomains.com/domain_profile.cfm?d=site.com"),
    *on("*", "source", "<script src='https://www.sedoparking.com/frmpark/site/x.js'></script>"),
    *on("*", "title", "example.org is for sale", "域名出售"),
    *on("*", "text", "This domain is for sale!", "This domain has expired", "该域名正在出售，欢迎联系。", "域名可以转让"),
    *on("*", "text", "This account has been suspended.", "您访问的网站已被暂停", "本站点因欠费已关闭"),
    *on("*", "title", "Account Suspended", "Welcome to nginx!", "Apache2 Ubuntu Default Page: It works"),
    *on("*", "text", "恭喜，站点创建成功！", "您的请求在Web服务器中没有找到对应的站点！"),
    *on("*", "title", "Redirecting...", "正在跳转", "502 Bad Gateway", "Service Unavailable"),
    *on("*", "text", "您无权访问该内容", "该内容仅作者可见", "You don't have permission to access this page", "该博客已被关闭"),
    *on("*", "title", "某站404页面"),
    *on("*", "text", "页面出错了", "服务器开小差了", "Something went wrong"),
    *on("*", "address", "http://site.example/error/404.html?from=x", "http://site.example/404", "http://site.example/zh-CN/not-found", "http://blog.csdn.net/error/404.html?from=blog"),
    *on("*", "title", "404", "404 Not Found", "Error 404 (Not Found)!!1", "404错误页面", "Not Found", "410 Gone"),
    *on("*", "text", "404错误", "404. That’s an error.", "Server Error 404 - File or directory not found."),
]
PHRASES = [
    *"""文章已被作者删除 该文章已下架 指定的主题不存在或已被删除 链接已失效 资源不存在 该用户不存在 抱歉，文章已被删除 您访问的页面不存在或已被删除！ 哎呀，页面走丢了~
    页面找不到了 找不到页面 您要查看的内容不存在 此帖子已被删除 抱歉，指定的主题不存在或已被删除或正在被审核 该视频不存在 该商品已下架 分享链接已过期 你来的太晚了，文件已被删除
    文档不存在或已被删除 项目不存在或无权限访问 该账号已注销 您访问的网址有误 您所请求的网址（URL）无法获取 抱歉，没有找到您要的页面 您的访问出错了 很抱歉，您訪問的頁面不存在 該文章已被刪除
    博主已关闭博客 该职位已下线 很抱歉，您访问的页面不在了 您查看的宝贝不存在，可能已下架或者被转移 页面不存在，请返回首页 ページが見つかりません""".split(),
    *textwrap.dedent("""\
    Page not found
    Oops! That page can’t be found.
    The page you requested could not be found.
    The page you're looking for doesn't exist
    Sorry, we couldn't find that page
    We're sorry, but the page you were looking for isn't here.
    This page isn’t available
    Page no longer available
    The requested URL /foo/bar was not found on this server.
    Video unavailable
    This video isn't available anymore
    This user does not exist
    The article you requested has been removed
    This content isn't available right now
    The file you requested has been deleted
    The link you followed may be broken, or the page may have been removed.
    Repository not found
    There's nothing here
    It looks like nothing was found at this location.
    Looks like you've followed a broken link
    Invalid Thread specified
    The topic or post you requested does not exist
    No such user
    This is not the web page you are looking for.
    Sorry, this post was deleted by the person who originally posted it.
    This site can't be reached
    The resource you are looking for has been removed, had its name changed, or is temporarily unavailable.
    Seite nicht gefunden
    Page introuvable
    Página no encontrada
    페이지를 찾을 수 없습니다
    Страница не найдена""").splitlines(),
]  # fmt: skip
GONE = [sample for phrase in PHRASES for sample in on("*", "text", phrase)] + on("*", "title", "Page not found - Example", "页面不存在_某站", "某站 | 抱歉，页面不存在")
SAMPLES = OWN + ANYBODY + GONE
WHATEVER = ("x.com", "link.zhihu.com")  # any title of theirs is a sign


def notice(title: str, body: str) -> str:
    """A page of real size that says little."""
    return f"<!doctype html><html><head><title>{title}</title><script>{SCRIPT}</script></head><body>{body}<a href=/>返回首页</a></body></html>"


def article(title: str, quoted: str) -> str:
    """A page of real size that is about something."""
    said = html.escape(quoted)
    body = f"<h1>{title}</h1>" + f"<p>{PROSE}</p>" * 40 + f"<p>页面上写着“{said}”，这时该怎么办？</p><pre>{said}</pre>" + f"<p>{PROSE}</p>" * 40
    return f"<!doctype html><html><head><title>{title}</title><script>{SCRIPT}</script></head><body>{body}</body></html>"


def host_of(sample: Sample) -> str:
    return "site.example" if sample.host == "*" else sample.host


def page_of(sample: Sample) -> str:
    if sample.where == "title":
        return notice(sample.said, f"{sample.more}<p>……</p>")
    return notice(sample.title, sample.more + (sample.said if sample.where == "source" else f"<h1>{sample.said}</h1>" if sample.where == "text" else ""))


def answer(url: str, text: str, asked: str | None = None, status: int = 200, **headers: str) -> Answer:
    return Answer(asked or url, url, status, headers, text.encode(), True, (asked or url) != url)


def honest(url: str) -> Answer:
    return answer(url.rpartition("/")[0] + "/" + page.MADE_UP, "<title>404</title>", status=404)


@dataclass
class Seen:
    """What is said of an answer, and whether a neighbour was asked."""

    said: Said
    asked: list[str] = field(default_factory=list)


def read(sample_answer: Answer, neighbour: Answer | None = None) -> Seen:
    seen = Seen(Said())

    def ask() -> Answer | None:
        seen.asked.append("neighbour")
        return neighbour

    seen.said = page.understand(sample_answer, Task(sample_answer.asked, (sample_answer.asked,)), ask)
    return seen


@functools.cache
def shown(sample: Sample) -> Answer:
    """The answer that shows a sample."""
    url = f"http://{host_of(sample)}/p/123"
    if sample.where == "address":
        return answer(sample.said, notice("x", "<p>x</p>"), asked="http://asked.example/p/123")
    if sample.where == "header":
        name, _, value = sample.said.partition(": ")
        return Answer(url, url, sample.status, {name: value}, b"<p>x</p>", True, False)
    return answer(url, page_of(sample))


def fits(signature: Signature, sample: Sample) -> bool:
    """Whether a signature by itself fits what a sample shows."""
    there = shown(sample)
    if not signature.anybody and not signature.of(host_of(sample) if sample.where != "address" else page.name(sample.said)):
        return False
    if signature.where == "header":
        return signatures.of_answer(there.headers, there.status) is not None and signature.words.partition(":")[0] == sample.said.partition(":")[0] and signature.status in (None, sample.status)
    if signature.where == "address":
        return sample.where == "address" and signature.pattern.search(page._path(sample.said).lower()) is not None
    read_ = there.page
    titles = signatures.parts(read_.title or "")
    return signature.words_of(read_, titles, signatures.statements(signatures.plain(read_.text))) is not None


@pytest.mark.parametrize("signature", table(), ids=lambda s: f"{s.host[:20]} {s.where} {s.words[:30]}")
def test_every_signature_has_a_sample(signature: Signature) -> None:
    assert any(fits(signature, sample) for sample in SAMPLES)


@pytest.mark.parametrize("sample", OWN, ids=str)
def test_a_sites_own_words_decide_alone_beside_an_honest_neighbour(sample: Sample) -> None:
    there = shown(sample)
    expected = next(signature for signature in table() if not signature.anybody and fits(signature, sample))

    seen = read(there, honest(there.url))

    assert seen.said.error == expected.code
    assert seen.asked == []


@pytest.mark.parametrize("sample", ANYBODY + GONE, ids=str)
def test_what_anybody_says_is_never_good_beside_an_honest_neighbour(sample: Sample) -> None:
    there = shown(sample)

    seen = read(there, honest(there.url))

    assert seen.said.error is not None
    assert sample.where == "address" or kind_of(seen.said.error) is not DEAD


@pytest.mark.parametrize("sample", [s for s in OWN + GONE if s.where in ("title", "text") and s.host not in WHATEVER], ids=str)
def test_what_a_site_answers_for_any_address_is_gone_whoever_says_it(sample: Sample) -> None:
    there = answer("http://another.example/p/123", page_of(sample))
    twin = answer(f"http://another.example/p/{page.MADE_UP}", page_of(sample))

    said = read(there, twin).said

    assert said.error is not None
    assert sample in OWN or said.error == "soft-404" or "出错" in sample.said


@pytest.mark.parametrize("sample", GONE, ids=str)
def test_without_an_answer_of_the_neighbour_a_page_that_looks_gone_is_unknown(sample: Sample) -> None:
    assert read(shown(sample), None).said.error == "suspect"


QUOTED = [s for s in SAMPLES if s.where in ("title", "text", "source") and s.host not in WHATEVER]


@pytest.mark.parametrize("sample", QUOTED, ids=str)
def test_an_article_that_quotes_it_stays_good(sample: Sample) -> None:
    url = f"http://{host_of(sample)}/p/123"
    quoting = answer(url, article("一篇关于卷积的笔记", sample.more + sample.said))
    about = answer(url, article(f"为什么会看到“{html.escape(sample.said)}”", sample.said))

    assert read(quoting, honest(url)).said.error is None
    assert read(about, honest(url)).said.error is None


@pytest.mark.parametrize("sample", [s for s in QUOTED if s.where == "text"], ids=str)
def test_a_short_note_that_quotes_it_is_not_condemned(sample: Sample) -> None:
    url = f"http://{host_of(sample)}/p/123"
    note = answer(url, notice("一条笔记", f"<p>打开以后页面上写着“{sample.said}”，有人知道为什么吗？</p>"))

    assert read(note, honest(url)).said.error is None


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("bash - nvm: command not found - Stack Overflow", "I installed it and the shell says so."),
        ("404 Not Found - HTTP | MDN", "The 404 status code means that the server cannot find the page. Page not found."),
        ("npm ERR! 404 Not Found - 知乎", "这个错误是镜像源造成的，换一个源即可。"),
        ("知乎上被删除的文章怎么找回？ - 知乎", "该文章已被删除是什么意思？"),
        ("为什么我的回答已被删除 - 知乎", "回答被删除后怎么申诉。"),
        ("Welcome to nginx! 是什么意思 - 博客园", "装好以后就会看到它。"),
    ],
)
@pytest.mark.parametrize("number", [404, 200, 302])
def test_an_article_about_it_stays_good_however_the_neighbour_is_answered(title: str, text: str, number: int) -> None:
    url = "http://site.example/questions/31/slug"
    body = f"<!doctype html><html><head><title>{title}</title></head><body>" + f"<p>{text} {PROSE}</p>" * 40 + "</body></html>"
    made_up = f"http://site.example/questions/31/{page.MADE_UP}"
    neighbours = {
        404: answer(made_up, "<title>404</title>", status=404),
        200: answer(made_up, body),
        302: answer(url, body, asked=made_up),
    }

    said = read(answer(url, body), neighbours[number]).said

    assert said.error in ((None,) if number != 200 or not title.startswith("404") else ("suspect",))
    assert said.title


LIVE = textwrap.dedent("""\
    404 means: page not found.
    The package is no longer maintained.
    This repository has been archived by the owner on Nov 1, 2024. It is now read-only.
    如何制作一个 404 页面
    当文章已被删除时，接口返回 404。
    文件不存在时抛出 FileNotFoundError。
    如果文件不存在，则新建一个。
    bash: command not found
    ModuleNotFoundError: No module named 'torch'
    If the page is not found, the server returns 404.
    A page not found error means the server has no such address.
    Page not found errors and how to fix them
    How to fix "Page not found" on WordPress
    This page is available in English.
    We could not reproduce the result.
    We cannot compute the gradient in closed form.
    I can't find it useful
    该项目已停止维护
    本页面最后更新于 2024 年
    评论已关闭
    Please sign in to comment
    You need to enable JavaScript to run this app.
    The dataset is available at the link below.
    Not found in the paper: the learning rate.
    未找到更好的办法，只好重写
    The path is not valid on Windows
    The page has been moved to the new wiki.
    Access denied errors in S3 explained""").splitlines()


@pytest.mark.parametrize("line", LIVE)
def test_a_short_page_that_only_has_such_words_is_good(line: str) -> None:
    url = "http://site.example/p/1"

    assert read(answer(url, notice("A note", f"<p>{line}</p>")), honest(url)).said.error is None
    assert read(answer(url, notice(line, "<p>A few words.</p>")), honest(url)).said.error is None


def test_a_line_that_cannot_be_used_is_named() -> None:
    good = '{ host = "a.example", where = "text", words = "gone", code = "soft-404", source = "x" }'

    assert [signature.words for signature in parse(f"signatures = [{good}]")] == ["gone"]
    for old, new in (('"text"', '"nowhere"'), ('"soft-404"', '"no-such-code"'), ('host = "a.example", ', ""), ('"gone"', '"gone", wrong = 1')):
        with pytest.raises(SignatureError, match="in {"):
            list(parse(f"signatures = [{good.replace(old, new)}]"))
    with pytest.raises(SignatureError, match="hint"):
        list(parse(f"signatures = [{good.replace('a.example', '*').replace('gone', 'gone|away')}]"))


@pytest.mark.parametrize(("host", "same"), [("www.lanzoux.com", True), ("lanzoui.com", True), ("lanzoux.com.example", False), ("notlanzoux.com", False)])
def test_a_host_pattern_takes_subdomains_and_no_other_names(host: str, same: bool) -> None:
    signature = next(signature for signature in table() if signature.host.startswith("lanz"))

    assert signature.of(host) is same


def test_what_a_site_has_on_every_page_makes_no_wall() -> None:
    """Cloudflare, Imperva and AWS put their scripts into ordinary pages too, however little text those have."""
    scripts = (
        "<script>window.__CF$cv$params={r:'8a'};a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'</script>",
        "<script src='/_Incapsula_Resource?SWJIYLWA=719d34d31c8e3a6e6fffd425f7e032f3'></script>",
        "<script src='https://x.edge.sdk.awswaf.com/x/challenge.js' defer></script>",
        "<script src='https://challenges.cloudflare.com/turnstile/v0/api.js'></script>",
        "<script src='https://www.google.com/recaptcha/api.js'></script>",
        "<script src='https://js.datadome.co/tags.js'></script>",
        "<script src='https://static.geetest.com/v4/gt4.js'></script><script>initGeetest4()</script>",
        "<script src='https://turing.captcha.qcloud.com/TCaptcha.js'></script>",
    )
    for script in scripts:
        url = "http://site.example/app"
        app = f"<!doctype html><html><head><title>Netron</title></head><body><div id=root></div><p>Visualizer for neural networks</p>{script}</body></html>"
        assert read(answer(url, app), None).said.error is None, script


def test_no_expression_takes_long() -> None:
    import time

    for piece in ("the page ", "该页面", "sorry, ", "a" * 50 + ".", "404 ", "您访问的", "域名", "we are sorry but we ", "\n", "... "):
        text = (piece * 600)[:599]
        began = time.process_time()
        signatures.of_page("site.example", markup.read(f"<title>{text}</title><pre>{text}</pre>"))
        assert time.process_time() - began < 1.0, piece
