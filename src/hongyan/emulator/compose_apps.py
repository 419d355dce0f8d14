"""Knows the many kinds of app messages (MsgType 49) on the wire; refuses to know who sends them.

Element names and forms are those of captured payloads; all contents are the caller's. Kinds that the official page
cannot show reach real web clients either as XML (quotes, mini programs) or as a sentence (`unsupported`).
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from hongyan.emulator.compose import Composed, escaped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "UNSUPPORTED",
    "app",
    "article_list",
    "channels",
    "file_placeholder",
    "group_invitation",
    "link",
    "live_location",
    "mini_program",
    "music",
    "note",
    "quote",
    "record",
    "red_packet",
    "transfer",
    "unsupported",
]

UNSUPPORTED = {
    "zh_CN": "该类型暂不支持，请在手机上查看",
    "zh_TW": "該類型暫不支持，請在手機上查看",
    "en_US": "This type of message is not supported on Web WeChat. View it on your phone.",
}


def app(
    app_type: int,
    title: str,
    *,
    description: str = "",
    url: str = "",
    inner: str = "",
    outer: str = "",
    fields: Mapping[str, Any] | None = None,
) -> Composed:
    """Any app message: `inner` is XML inside `<appmsg>`, `outer` XML beside it."""
    xml = (
        f'<?xml version="1.0"?>\n<msg>\n\t<appmsg appid="" sdkver="0">\n\t\t<title>{escape(title)}</title>\n'
        f"\t\t<des>{escape(description)}</des>\n\t\t<action>view</action>\n\t\t<type>{app_type}</type>\n"
        f"\t\t<showtype>0</showtype>\n\t\t<content></content>\n\t\t<url>{escape(url)}</url>\n\t\t<lowurl></lowurl>\n"
        f"\t\t{inner}\n\t</appmsg>\n\t<fromusername></fromusername>\n\t<scene>0</scene>\n\t<appinfo>\n"
        f"\t\t<version>1</version>\n\t\t<appname></appname>\n\t</appinfo>\n\t<commenturl></commenturl>\n{outer}</msg>\n"
    )
    told = {"AppMsgType": app_type, "FileName": escape(title), "Url": escape(url), **(fields or {})}
    return Composed(49, escaped(xml).replace("&#39;", "'"), title, told)


def link(title: str, description: str, url: str, source: str = "") -> Composed:
    """A link (5)."""
    return app(
        5,
        title,
        description=description,
        url=url,
        inner=f"<sourcedisplayname>{escape(source)}</sourcedisplayname>",
    )


def group_invitation(inviter: str, group: str, url: str) -> Composed:
    """An invitation into a group (5); it works on the phone."""
    words = f'"{inviter}"邀请你加入群聊"{group}"，进入可查看详情。'
    return app(5, "邀请你加入群聊", description=words, url=url)


def article_list(publisher: str, articles: Sequence[tuple[str, str, str]]) -> Composed:
    """What an official account pushes: (title, digest, url) of each article (5 with a reader list)."""
    items = "".join(
        f"<item><itemshowtype>0</itemshowtype><title><![CDATA[{t}]]></title><url><![CDATA[{u}]]></url><shorturl></shorturl>"
        f"<longurl></longurl><pub_time>1700000000</pub_time><cover></cover><tweetid></tweetid>"
        f"<digest><![CDATA[{d}]]></digest><fileid>0</fileid></item>"
        for t, d, u in articles
    )
    reader = (
        f'<mmreader><category type="20" count="{len(articles)}"><name><![CDATA[{publisher}]]></name>'
        f"<topnew><cover></cover><width>0</width><height>0</height><digest></digest></topnew>{items}</category>"
        f"<publisher><nickname><![CDATA[{publisher}]]></nickname></publisher></mmreader>"
    )
    title, digest, url = articles[0]
    return app(5, title, description=digest, url=url, inner=reader)


def music(title: str, artist: str, url: str, stream: str) -> Composed:
    """A piece of music (3)."""
    return app(3, title, description=artist, url=url, inner=f"<dataurl>{escape(stream)}</dataurl>")


def quote(words: str, *, quoted: str, sender: str, message: int, chat: str, kind: int = 1) -> Composed:
    """An answer that quotes a message (57); `quoted` is its text, `sender` who wrote it."""
    refer = (
        f"<refermsg><type>{kind}</type><svrid>{message}</svrid><fromusr>{escape(chat)}</fromusr><chatusr></chatusr>"
        f"<displayname>{escape(sender)}</displayname><content>{escape(quoted)}</content></refermsg>"
    )
    return app(57, words, inner=refer)


def mini_program(title: str, name: str, username: str, path: str) -> Composed:
    """A mini program (33)."""
    inner = (
        f"<sourceusername>{escape(username)}@app</sourceusername><sourcedisplayname>{escape(name)}</sourcedisplayname>"
        f"<weappinfo><username>{escape(username)}@app</username><appid>wx0000000000000000</appid><type>2</type>"
        f"<version>1</version><pagepath><![CDATA[{path}]]></pagepath></weappinfo>"
    )
    return app(33, title, description=name, url="https://mp.weixin.qq.com/mp/waerrpage", inner=inner)


def channels(author: str, caption: str) -> Composed:
    """A video of a Channels account (51)."""
    feed = (
        f"<finderFeed><objectId>1</objectId><nickname>{escape(author)}</nickname><desc>{escape(caption)}</desc>"
        "<mediaCount>1</mediaCount></finderFeed>"
    )
    return app(51, "当前版本不支持展示该内容，请升级至最新版本。", inner=feed)


def note(words: str) -> Composed:
    """A group's running list (53)."""
    return app(53, words)


def record(title: str, lines: Sequence[tuple[str, str]]) -> Composed:
    """A merged piece of chat history (19): (sender, text) of each entry."""
    items = "".join(
        f'<dataitem datatype="1" dataid="{n}"><sourcename>{escape(who)}</sourcename><sourcetime>2026-11-25 09:0{n % 10}</sourcetime>'
        f"<datadesc>{escape(words)}</datadesc></dataitem>"
        for n, (who, words) in enumerate(lines)
    )
    inner = (
        f"<recorditem><![CDATA[<recordinfo><title>{escape(title)}</title>"
        f'<datalist count="{len(lines)}">{items}</datalist></recordinfo>]]></recorditem>'
    )
    shown = "\n".join(f"{who}: {words}" for who, words in lines)
    return app(19, title, description=shown, inner=inner)


def transfer(amount: str, memo: str = "", state: int = 1) -> Composed:
    """Money sent by transfer (2000); `state` 1 offered, 3 accepted."""
    inner = (
        f"<wcpayinfo><paysubtype>{state}</paysubtype><feedesc><![CDATA[{amount}]]></feedesc>"
        f"<transcationid><![CDATA[1]]></transcationid><transferid><![CDATA[2]]></transferid>"
        f"<invalidtime>0</invalidtime><pay_memo><![CDATA[{memo}]]></pay_memo></wcpayinfo>"
    )
    words = f"收到转账{amount.lstrip('￥')}元。如需收钱，请点此升级至最新版本"
    return app(2000, "微信转账", description=words, inner=inner)


def red_packet(wish: str) -> Composed:
    """A red packet (2001); the web never learns what is in it."""
    inner = (
        f"<wcpayinfo><templateid></templateid><url></url><receivertitle><![CDATA[{wish}]]></receivertitle>"
        f"<sendertitle><![CDATA[{wish}]]></sendertitle><scenetext><![CDATA[微信红包]]></scenetext></wcpayinfo>"
    )
    return app(2001, "微信红包", description="我给你发了一个红包，赶紧去拆!", inner=inner)


def live_location() -> Composed:
    """Somebody begins to share where they are (17)."""
    return app(17, "我发起了位置共享")


def file_placeholder(name: str, size: int) -> Composed:
    """A file that is still being uploaded by its sender (74)."""
    ext = name.rpartition(".")[2] if "." in name else ""
    inner = f"<appattach><totallen>{size}</totallen><fileext>{escape(ext)}</fileext></appattach>"
    return app(74, name, inner=inner)


def unsupported(language: str = "zh_CN") -> Composed:
    """What the web gets for kinds that it cannot show: a sentence, as a text."""
    words = UNSUPPORTED.get(language, UNSUPPORTED["zh_CN"])
    return Composed(1, escaped(words), words)
