"""Addresses that only pass on to another: what chats, forums and search engines make of a link that is copied from them.

Such an address always answers, so the one behind it is what is asked. Addresses that are encrypted or shortened are
no wrappers here: what is behind them cannot be read off.
"""

from urllib.parse import parse_qs, urlsplit

# Host and beginning of the path → the parameter that holds the address. One line a wrapper.
WRAPPERS: dict[tuple[str, str], str] = {
    ("link.zhihu.com", "/"): "target",
    ("link.csdn.net", "/"): "target",
    ("links.jianshu.com", "/go"): "to",
    ("link.jianshu.com", "/"): "t",
    ("link.juejin.cn", "/"): "target",
    ("link.juejin.im", "/"): "target",
    ("gitee.com", "/link"): "target",
    ("sspai.com", "/link"): "target",
    ("xie.infoq.cn", "/link"): "target",
    ("leetcode.cn", "/link"): "target",
    ("leetcode-cn.com", "/link"): "target",
    ("www.oschina.net", "/action/GoToLink"): "url",
    ("blog.51cto.com", "/transfer"): "url",
    ("cloud.tencent.com", "/developer/tools/blog-entry"): "target",
    ("www.douban.com", "/link2"): "url",
    ("www.yuque.com", "/r/goto"): "url",
    ("c.pc.qq.com", "/"): "pfurl",
    ("ld246.com", "/forward"): "goto",
    ("steamcommunity.com", "/linkfilter"): "url",
    ("www.google.com", "/url"): "q",
    ("www.youtube.com", "/redirect"): "q",
    ("l.facebook.com", "/l.php"): "u",
    ("out.reddit.com", "/"): "url",
    ("slack-redir.net", "/link"): "url",
    ("t.umblr.com", "/redirect"): "z",
    ("vk.com", "/away.php"): "to",
    ("www.linkedin.com", "/redir/redirect"): "url",
    ("safelinks.protection.outlook.com", "/"): "url",
}
OTHER_NAMES = ("url", "u", "target", "to")  # where the same page has another name for the parameter


def inner(url: str) -> list[str]:
    """What a wrapper may pass on to, the likeliest first; nothing for any other URL."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return []
    for (there, path), parameter in WRAPPERS.items():
        if (host == there or host.endswith(f".{there}")) and (parts.path or "/").startswith(path):
            said = parse_qs(parts.query)
            return [said[key][0] for key in (parameter, *OTHER_NAMES) if key in said]
    return []
