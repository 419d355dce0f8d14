"""The many kinds of app messages (MsgType 49) on the wire; independent of who sends them.

Element names and forms are those of captured payloads; all contents are the caller's. Kinds that the official page
cannot show reach real web clients either as XML (quotes, mini programs) or as a sentence (`unsupported`). An empty
`fromusername` is filled in by the sender.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from urllib.parse import quote as percent_encoded

from hongyan.emulator.compose import Composed
from hongyan.emulator.elements import DECLARATION, attributes, cdata, leaf, leaves
from hongyan.emulator.markup import wire_text, wire_xml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "EPOCH",
    "UNSUPPORTED",
    "app",
    "app_xml",
    "article_list",
    "channels",
    "coupon",
    "encrypted_name",
    "favourites",
    "file_placeholder",
    "group_invitation",
    "link",
    "live_location",
    "mini_program",
    "music",
    "news_digest",
    "note",
    "product",
    "quote",
    "record",
    "red_packet",
    "red_packet_text",
    "sticker_set",
    "transfer",
    "unsupported",
    "video_link",
]

UNSUPPORTED = {
    "zh_CN": "[该类型暂不支持，请在手机上查看]",
    "zh_TW": "該類型暫不支持，請在手機上查看",
    "en_US": "This type of message is not supported on Web WeChat. View it on your phone.",
}

EPOCH = 1_577_840_400
"""Default time at which articles were published and transfers started: 1 January 2020, 01:00 UTC, in Unix seconds."""

_HEAD = {
    "title": "",
    "des": "",
    "action": "view",
    "type": "",
    "showtype": "0",
    "soundtype": "0",
    "mediatagname": "",
    "messageext": "",
    "messageaction": "",
    "content": "",
    "contentattr": "0",
    "url": "",
    "lowurl": "",
    "dataurl": "",
    "lowdataurl": "",
}
_ATTACHED = {
    "totallen": "0",
    "attachid": "",
    "emoticonmd5": "",
    "fileext": "",
    "cdnthumburl": "",
    "cdnthumbaeskey": "",
    "aeskey": "",
    "encryver": "0",
}
_TAIL = {
    "extinfo": "",
    "sourceusername": "",
    "sourcedisplayname": "",
    "thumburl": "",
    "md5": "",
    "statextstr": "",
}
_ARTICLE_NUMBERS = (
    "template_op_type",
    "weapp_version",
    "weapp_state",
    "music_source",
    "pic_num",
    "show_complaint_button",
)
_PAY_PAGE = "https://wxapp.tenpay.com/mmpayhb/wxhb_personalreceive?showwxpaytitle=1&msgtype=1"


def _id(*parts: object, digits: int = 32) -> str:
    """An opaque hex id that the same parts always give."""
    return blake2b("\0".join(map(str, parts)).encode(), digest_size=digits // 2).hexdigest()


def _number(*parts: object) -> int:
    return int(_id(*parts, digits=16), 16) >> 1


def app_xml(
    app_type: int,
    values: Mapping[str, object],
    *,
    inner: str = "",
    attached: Mapping[str, object] | None = None,
    app_name: str = "",
) -> str:
    """The XML of an app message: `values` replace the empty leaves of `<appmsg>`, `attached` those of `<appattach>`.

    `inner` is XML at the end of `<appmsg>`. Raises KeyError for a value that has no leaf.
    """
    unknown = set(values) - set(_HEAD) - set(_TAIL)
    if unknown:
        raise KeyError(*unknown)
    head = {**_HEAD, **{key: value for key, value in values.items() if key in _HEAD}, "type": app_type}
    tail = {**_TAIL, **{key: value for key, value in values.items() if key in _TAIL}}
    forced = leaf("isforceupdate", 1) if app_name else ""
    attach = leaves({**_ATTACHED, **(attached or {})})
    lines = "".join(f"\n\t\t{leaf(key, value)}" for key, value in head.items())
    rest = "".join(f"\n\t\t{leaf(key, value)}" for key, value in tail.items())
    return (
        f'{DECLARATION}<msg>\n\t<appmsg appid="" sdkver="0">{lines}\n\t\t<appattach>{attach}</appattach>{rest}{inner}\n'
        f"\t</appmsg>\n\t<fromusername></fromusername>\n\t<scene>0</scene>\n\t<appinfo>\n\t\t<version>1</version>\n"
        f"\t\t{leaf('appname', app_name)}{forced}\n\t</appinfo>\n\t<commenturl></commenturl>\n</msg>\n"
    )


def app(
    app_type: int,
    title: str,
    *,
    inner: str = "",
    attached: Mapping[str, object] | None = None,
    fields: Mapping[str, Any] | None = None,
    app_name: str = "",
    **values: object,
) -> Composed:
    """Any app message; `values` are leaves of `<appmsg>`. The JSON beside the XML repeats title and address."""
    xml = app_xml(app_type, {"title": title, **values}, inner=inner, attached=attached, app_name=app_name)
    extra = {
        "AppMsgType": app_type,
        "FileName": wire_text(title),
        "FileSize": "0",
        "Url": wire_text(str(values.get("url", ""))),
        "EncryFileName": encrypted_name(title),
        **(fields or {}),
    }
    return Composed(49, wire_xml(xml), title, extra)


def encrypted_name(name: str) -> str:
    """EncryFileName: percent-encoded, the dot too (captured 2023); not encrypted, in spite of its name."""
    return percent_encoded(name, safe="").replace(".", "%2E")


def link(title: str, description: str, url: str, source: str = "", thumb: str = "") -> Composed:
    """A link (5); `source` is the account or site it comes from, `thumb` the address of its picture."""
    return app(5, title, des=description, url=url, sourcedisplayname=source, thumburl=thumb)


def video_link(title: str, description: str, url: str) -> Composed:
    """A link to a video (4)."""
    return app(4, title, des=description, url=url)


def group_invitation(inviter: str, group: str, url: str, language: str = "zh_CN") -> Composed:
    """An invitation into a group (5); it works on the phone."""
    if language == "en_US":
        words = f'"{inviter}" invited you to join the group chat "{group}". Enter to view details.'
        return app(5, "Group Chat Invitation", des=words, url=url)
    return app(5, "邀请你加入群聊", des=f'"{inviter}"邀请你加入群聊"{group}"，进入可查看详情。', url=url)


def article_list(publisher: str, articles: Sequence[tuple[str, str, str]], *, now: int = EPOCH) -> Composed:
    """What an official account pushes: (title, digest, url) of each article (5 with a reader list)."""
    title, digest, url = articles[0]
    reader = _reader(publisher, articles, now)
    return app(5, title, des=digest, url=url, showtype=1, inner=reader, app_name=publisher)


def _reader(publisher: str, articles: Sequence[tuple[str, str, str]], now: int) -> str:
    items = "".join(_article(publisher, each, now) for each in articles)
    top = f"<topnew>{cdata('cover')}{leaves({'width': 0, 'height': 0})}{cdata('digest')}</topnew>"
    by = f"<publisher>{leaf('username')}{cdata('nickname', publisher)}</publisher>"
    end = leaves({"template_header": "", "template_detail": "", "forbid_forward": 0})
    count = attributes({"type": 20, "count": len(articles)})
    return f"<mmreader><category{count}>{cdata('name', publisher)}{top}{items}</category>{by}{end}</mmreader>"


def _article(publisher: str, article: tuple[str, str, str], now: int) -> str:
    title, digest, url = article
    named = {"title": title, "url": url, "shorturl": "", "longurl": ""}
    begin = leaf("itemshowtype", 0) + _cdatas(named)
    middle = leaf("pub_time", now) + _cdatas({"cover": "", "tweetid": "", "digest": digest})
    source = f"<sources><source>{cdata('name', publisher)}</source></sources>"
    end = leaves({"styles": "", "native_url": "", "del_flag": 0, "contentattr": 0, "play_length": 0})
    end += _cdatas(dict.fromkeys(("play_url", "player", "weapp_username", "weapp_path"), ""))
    end += leaves(dict.fromkeys(_ARTICLE_NUMBERS, 0))
    return f"<item>{begin}{middle}{leaf('fileid', _number(url) % 10**9)}{source}{end}</item>"


def _cdatas(values: Mapping[str, object]) -> str:
    return "".join(cdata(name, value) for name, value in values.items())


def news_digest(articles: Sequence[tuple[str, str, str]], *, now: int = EPOCH) -> Composed:
    """The digest of `newsapp`: a text (MsgType 1) that is XML; (title, digest, url) of each article."""
    items = "".join(
        f"<newitem>{cdata('title', title)}{cdata('url', url)}{cdata('shorturl', url)}{cdata('longurl', url)}"
        f"{leaf('pub_time', now)}{cdata('cover')}{leaf('tweetid', _id(url))}{cdata('digest', digest)}"
        f"{leaves({'type': 0})}<source><name>{leaf('name', '腾讯新闻')}</name></source></newitem>"
        for title, digest, url in articles
    )
    top = f"<topnew>{cdata('cover')}{leaves({'width': 0, 'height': 0})}{cdata('digest', articles[0][1])}</topnew>"
    count = attributes({"type": 20, "count": len(articles)})
    xml = f"<mmreader><category{count}>{cdata('name', '腾讯新闻')}{top}{items}</category></mmreader>"
    return Composed(1, wire_xml(xml), articles[0][0])


def music(title: str, artist: str, url: str, stream: str) -> Composed:
    """A piece of music (3)."""
    return app(3, title, des=artist, url=url, lowurl=url, dataurl=stream, lowdataurl=stream)


def quote(
    words: str, *, quoted: str, sender: str, message: int, chat: str, kind: int = 1, author: str = ""
) -> Composed:
    """An answer that quotes a message (57): its text or XML, its sender's name, number, MsgType, and its author's id.

    `chat` is the permanent id of the group or person the quoted message is from.
    """
    refer = {
        "type": kind,
        "svrid": message,
        "fromusr": chat,
        "chatusr": author or chat,
        "displayname": sender,
        "content": quoted,
        "msgsource": "",
    }
    return app(57, words, action="", inner=f"\n\t\t<refermsg>{leaves(refer)}</refermsg>")


def mini_program(title: str, name: str, username: str, path: str, kind: int = 33) -> Composed:
    """A mini program (33, or the later 36); `username` is its `gh_…`."""
    account, app_id = f"{username}@app", "wx" + _id(username, digits=16)
    listed = cdata("username", account) + cdata("appid", app_id) + leaves({"type": 2, "version": 1})
    more = cdata("weappiconurl") + cdata("pagepath", path) + cdata("shareId", f"0_{app_id}_{_id(path)}_0_0")
    end = leaves(
        {"appservicetype": 0, "brandofficialflag": 0, "showRelievedBuyFlag": 0, "hasRelievedBuyPlugin": 0}
    )
    end += leaves({"flagshipflag": 0, "subType": 0, "isprivatemessage": 0})
    page = f"https://mp.weixin.qq.com/mp/waerrpage?appid={app_id}&type=upgrade&upgradetype=3#wechat_redirect"
    return app(
        kind,
        title,
        des=name,
        url=page,
        sourceusername=account,
        sourcedisplayname=name,
        inner=f"\n\t\t<weappinfo>{listed}{more}{end}</weappinfo>",
    )


def channels(author: str, caption: str) -> Composed:
    """A video of a Channels account (51)."""
    media = leaves({"mediaType": 4, "url": "", "thumbUrl": "", "width": 1080, "height": 1920, "coverUrl": ""})
    feed = leaves(
        {
            "objectId": _number(author, caption),
            "feedType": 4,
            "nickname": author,
            "avatar": "",
            "desc": caption,
            "mediaCount": 1,
            "objectNonceId": f"{_number(caption)}_0_0_0_0_0",
            "liveId": 0,
            "username": f"v2_{_id(author, digits=64)}@finder",
            "webUrl": "",
            "authIconType": 0,
            "authIconUrl": "",
        }
    )
    return app(
        51,
        "当前版本不支持展示该内容，请升级至最新版本。",
        url="https://support.weixin.qq.com/update/",
        inner=f"\n\t\t<finderFeed>{feed}<mediaList><media>{media}</media></mediaList></finderFeed>",
    )


def note(words: str) -> Composed:
    """A group's running list (53)."""
    return app(53, words)


def record(title: str, lines: Sequence[tuple[str, str]]) -> Composed:
    """A merged piece of chat history (19): (sender, text) of each entry."""
    return _recorded(19, title, lines)


def favourites(title: str, lines: Sequence[tuple[str, str]]) -> Composed:
    """The same out of a person's favorites (40)."""
    return _recorded(40, title, lines)


def _recorded(kind: int, title: str, lines: Sequence[tuple[str, str]]) -> Composed:
    shown = "\n".join(f"{who}: {words}" for who, words in lines)
    items = "".join(_entry(place, who, words) for place, (who, words) in enumerate(lines))
    heading = leaves({"title": title, "desc": shown, "fromscene": 2 if kind == 40 else 0})
    info = f'<recordinfo>{heading}<datalist count="{len(lines)}">{items}</datalist></recordinfo>'
    return app(kind, title, des=shown, inner="\n\t\t" + cdata("recorditem", info))


def _entry(place: int, who: str, words: str) -> str:
    minute = f"2020-01-01 09:{place % 60:02}"
    fields = {
        "datadesc": words,
        "sourcename": who,
        "sourceheadurl": "",
        "sourcetime": minute,
        "srcMsgCreateTime": EPOCH + 60 * place,
        "fromnewmsgid": _number(place, who, words),
    }
    start = attributes({"datatype": 1, "dataid": _id(place, words)})
    return f"<dataitem{start}>{leaves(fields)}</dataitem>"


def transfer(
    amount: str, memo: str = "", state: int = 1, *, receiver: str = "", now: int = EPOCH
) -> Composed:
    """Money sent by transfer (2000); `state` 1 offered, 3 accepted, 4 returned. It can be taken on the phone only."""
    named = {
        "feedesc": amount,
        "transcationid": _id("transaction", now, amount),
        "transferid": str(_number("transfer", now, amount)),
        "invalidtime": now + 86400,
        "begintransfertime": now,
        "effectivedate": 1,
        "pay_memo": memo,
        "receiver_username": receiver,
        "payer_username": "",
    }
    pay = leaf("paysubtype", state) + _cdatas(named)
    words = f"收到转账{amount.lstrip('￥¥')}元。如需收钱，请点此升级至最新版本"
    page = "https://support.weixin.qq.com/cgi-bin/mmsupport-bin/readtemplate?t=page/common_page__upgrade"
    return _payment(2000, "微信转账", words, page, pay)


def red_packet(wish: str, *, now: int = EPOCH) -> Composed:
    """A red packet (2001) as XML; the web never gets its content."""
    sending = f"{_PAY_PAGE}&sendid={_number(wish)}"
    named = {
        "templateid": _id(wish),
        "url": sending,
        "iconurl": "",
        "receivertitle": wish,
        "sendertitle": wish,
        "scenetext": "微信红包",
        "senderdes": "查看红包",
        "receiverdes": "领取红包",
        "nativeurl": f"wxpay://c2cbizmessagehandler/hongbao/receivehongbao?msgtype=1&sendid={_number(wish)}",
        "sceneid": 1002,
        "innertype": 0,
        "paymsgid": _number(wish, "pay"),
        "locallogoicon": "c2c_hongbao_icon_cn",
        "invalidtime": now + 86400,
        "broaden": "",
    }
    pay = _cdatas(named)
    words = "我给你发了一个红包，赶紧去拆!"
    return _payment(2001, "微信红包", words, sending, pay)


def _payment(kind: int, title: str, words: str, url: str, pay: str) -> Composed:
    """Money: the texts of `<appmsg>` are CDATA too (captured), and clients find the note as the second one."""
    head = (
        cdata("title", title) + cdata("des", words) + leaf("action") + leaf("type", kind) + cdata("content")
    )
    tail = cdata("url", url) + cdata("thumburl", url) + leaf("lowurl") + leaf("extinfo")
    xml = f'<msg><appmsg appid="" sdkver="">{head}{tail}<wcpayinfo>{pay}</wcpayinfo></appmsg>{leaf("fromusername")}</msg>'
    fields = {"AppMsgType": kind, "FileName": wire_text(title), "FileSize": "0", "Url": wire_text(url)}
    return Composed(49, wire_xml(xml), title, fields | {"EncryFileName": encrypted_name(title)})


def red_packet_text(wish: str) -> Composed:
    """A red packet as a text (MsgType 1) that only AppMsgType gives away; the third form is a grey line."""
    return Composed(1, wire_text(wish), wish, {"AppMsgType": 2001})


def live_location() -> Composed:
    """A person starts to share a live location (17)."""
    return app(17, "我发起了位置共享")


def coupon(title: str, merchant: str) -> Composed:
    """A coupon (16), to be viewed on the phone."""
    card = leaves(
        {"card_type_name": title, "brand_name": merchant, "card_id": _id(merchant, title), "from_scene": 2}
    )
    return app(16, title, des=merchant, inner=f"\n\t\t<carditem>{card}</carditem>")


def product(title: str, description: str) -> Composed:
    """A product (13), to be viewed on the phone."""
    return app(13, title, des=description, inner=f"\n\t\t<productitem{attributes({'type': 0})} />")


def sticker_set(title: str, product_id: str) -> Composed:
    """A set of stickers out of the store (15), to be viewed on the phone."""
    shared = leaves({"packageflag": 1, "packageid": product_id})
    return app(15, title, inner=f"\n\t\t<emoticonshared>{shared}</emoticonshared>")


def file_placeholder(name: str, size: int) -> Composed:
    """A file that is still being uploaded by its sender (74)."""
    extension = name.rpartition(".")[2] if "." in name else ""
    return app(74, name, attached={"totallen": size, "fileext": extension}, fields={"FileSize": str(size)})


def unsupported(language: str = "zh_CN") -> Composed:
    """What the web gets for kinds that it cannot show: a sentence, as a text."""
    words = UNSUPPORTED.get(language, UNSUPPORTED["zh_CN"])
    return Composed(1, wire_text(words), words)
