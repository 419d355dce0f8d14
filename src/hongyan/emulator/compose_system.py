"""The service's own sentences and commands on the wire; independent of when they are sent.

The wording is the service's, as captured payloads and the patterns of old bots have it; language follows the phone.
"""

from __future__ import annotations

from hashlib import blake2b
from string import Formatter
from typing import TYPE_CHECKING

from hongyan.emulator.compose import Composed, system
from hongyan.emulator.compose_apps import EPOCH
from hongyan.emulator.elements import cdata, element, leaf
from hongyan.emulator.markup import wire_xml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["SENTENCES", "announcement", "member_command", "pat", "sentence", "template", "todo"]

SENTENCES = {
    "you-invited": {
        "zh_CN": '你邀请"{name}"加入了群聊  ',
        "en_US": "You invited {name} to the group chat.   ",
    },
    "invited": {
        "zh_CN": '"{name}"邀请"{other}"加入了群聊',
        "en_US": '"{name}" invited "{other}" to the group chat',
    },
    "invited-you": {
        "zh_CN": '"{name}"邀请你加入了群聊，群聊参与人还有：{other}',
        "en_US": "{name} invited you to a group chat with {other}",
    },
    "invited-you-and": {
        "zh_CN": '"{name}"邀请你和"{other}"加入了群聊',
        "en_US": "{name} invited you and {other} to the group chat",
    },
    "by-your-qr": {
        "zh_CN": '"{name}"通过扫描你分享的二维码加入群聊',
        "en_US": '"{name}" joined group chat via the QR code you shared.',
    },
    "by-qr": {
        "zh_CN": '" {name}"通过扫描"{other}"分享的二维码加入群聊',
        "en_US": '"{name}" joined the group chat via the QR Code shared by "{other}".',
    },
    "you-removed": {
        "zh_CN": '你将"{name}"移出了群聊',
        "en_US": 'You removed "{name}" from the group chat',
    },
    "removed-you": {
        "zh_CN": '你被"{name}"移出群聊',
        "en_US": 'You were removed from the group chat by "{name}"',
    },
    "renamed": {
        "zh_CN": '"{name}"修改群名为“{topic}”',
        "en_US": '"{name}" changed the group name to "{topic}"',
    },
    "you-renamed": {
        "zh_CN": "你修改群名为“{topic}”",
        "en_US": 'You changed the group name to "{topic}"',
    },
    "owner": {"zh_CN": '"{name}"已成为新群主', "en_US": '"{name}" is now the group owner'},
    "you-own": {"zh_CN": "你已成为新群主", "en_US": "You are now the group owner"},
    "added-you": {
        "zh_CN": "{name}刚刚把你添加到通讯录，现在可以开始聊天了。",
        "en_US": "{name} just added you to his/her contacts list. Send a message to him/her now!",
    },
    "you-added": {
        "zh_CN": "你已添加了{name}，现在可以开始聊天了。",
        "en_US": "You have added {name} as your WeChat contact. Start chatting!",
    },
    "not-a-friend": {
        "zh_CN": "{name}开启了朋友验证，你还不是他（她）朋友。请先发送朋友验证请求，对方验证通过后，才能聊天。",
        "en_US": "{name} has enabled Friend Confirmation. Send a friend request to chat.",
    },
    "refused": {
        "zh_CN": "消息已发出，但被对方拒收了。",
        "en_US": "The message is sent but rejected by the recipient.",
    },
    "too-fast": {
        "zh_CN": "发送消息过于频繁，可稍后再试。",
        "en_US": "Messages are sent too often. Try again later.",
    },
    "red-packet": {"zh_CN": "收到红包，请在手机上查看", "en_US": "Red packet received. View on phone."},
    "red-packet-sent": {"zh_CN": "发出红包，请在手机上查看", "en_US": "Red packet sent. View on phone."},
    "red-packet-taken": {"zh_CN": '"{name}"领取了你的红包', "en_US": '"{name}" opened your red packet'},
    "location-over": {"zh_CN": "位置共享已经结束", "en_US": "Real-time location sharing has ended"},
    "recalled": {"zh_CN": '"{name}" 撤回了一条消息', "en_US": '"{name}" has recalled a message.'},
    "you-recalled": {"zh_CN": "你撤回了一条消息", "en_US": "You recalled a message"},
    "caution": {
        "zh_CN": "如果陌生人主动添加你为朋友，请谨慎核实对方身份。",
        "en_US": "If a stranger adds you as a friend, check who it is.",
    },
}
"""The wording by occasion and language; `{name}` is who it is about, `{other}` who else, `{topic}` a group's name."""


def sentence(occasion: str, language: str = "zh_CN", **names: str) -> Composed:
    """A grey line (MsgType 10000). KeyError for an occasion without a wording, or a name that it needs."""
    return system(_worded(occasion, language).format(**names))


def _worded(occasion: str, language: str) -> str:
    wordings = SENTENCES[occasion]
    return wordings.get(language, wordings["zh_CN"])


def _command(kind: str, inner: str, plain: str) -> Composed:
    return Composed(10002, wire_xml(element("sysmsg", inner, type=kind)), plain)


def template(
    occasion: str,
    people: Mapping[str, Sequence[tuple[str, str]]],
    language: str = "zh_CN",
    *,
    topic: str = "",
    undo: bool = False,
) -> Composed:
    """The same sentence as a template with links (10002 `sysmsgtemplate`), as newer phones get it.

    `people` gives (permanent id, nickname) of all people behind `name` and `other`; `undo` adds the link to undo it.
    Raises KeyError like `sentence`.
    """
    words = _worded(occasion, language).rstrip()
    groups = {**people, **({"topic": [("", topic)]} if topic else {})}
    used = [field for _, field, _, _ in Formatter().parse(words) if field]
    links = "".join(_link(name, groups[name]) for name in used)
    shown = words.format(**{name: "、".join(nick for _, nick in groups[name]) for name in used})
    text = words.format(**{name: f"${name}$" for name in used})
    if undo:
        text += "  $revoke$"
        links += _undo_link([each for each, _ in people.get("name", ())])
    kind = "tmpl_type_profilewithrevoke" if undo else "tmpl_type_profile"
    content = cdata("plain") + cdata("template", text) + f"<link_list>{links}</link_list>"
    inner = f"<sysmsgtemplate>{element('content_template', content, type=kind)}</sysmsgtemplate>"
    return _command("sysmsgtemplate", inner, shown)


def _link(name: str, people: Sequence[tuple[str, str]]) -> str:
    members = "".join(
        f"<member>{cdata('username', who)}{cdata('nickname', nickname)}</member>" for who, nickname in people
    )
    listed = f"<memberlist>{members}</memberlist>" + cdata("separator", "、")
    return element("link", listed, name=name, type="link_profile")


def _undo_link(people: Sequence[str]) -> str:
    names = "".join(cdata("username", who) for who in people)
    inside = f"{cdata('title', '撤销')}<usernamelist>{names}</usernamelist>"
    return element("link", inside, name="revoke", type="link_revoke", hidden=1)


def pat(who: str, whom: str, chat: str, words: str) -> Composed:
    """A person nudges another (10002 `pat`); `words` name people as `${id}`."""
    inner = (
        f"<pat>{leaf('fromusername', who)}{leaf('chatusername', chat)}{leaf('pattedusername', whom)}"
        f"{cdata('patsuffix')}{leaf('patsuffixversion', 0)}{cdata('template', words)}</pat>"
    )
    return _command("pat", inner, words)


def member_command(words: str, people: Sequence[tuple[str, str]], scene: str = "invite") -> Composed:
    """A change of members with a link to undo it (10002 `delchatroommember`): (id, nickname) of each.

    `scene` is `invite` or `qrcode`.
    """
    members = "".join(cdata("username", each) for each, _ in people)
    code = cdata("qrcode", f"http://weixin.qq.com/g/{_id(words, 16)}") if scene == "qrcode" else ""
    link = f"<link>{leaf('scene', scene)}{cdata('text', '  撤销')}<memberlist>{members}</memberlist>{code}</link>"
    inner = f"<delchatroommember>{cdata('plain', words)}{cdata('text', words)}{link}</delchatroommember>"
    return _command("delchatroommember", inner, words)


def announcement(words: str, author: str = "", group: str = "", *, now: int = EPOCH) -> Composed:
    """A group's announcement (10002); the note inside is XML in a CDATA section, with its author and group by id."""
    source = _id(words, 32)
    origin = f"{leaf('fromusr', author)}{leaf('tousr', group)}{leaf('sourceid', source)}"
    item = element("dataitem", leaf("datadesc", words), datatype=1, dataid=_id(words + "item", 32), htmlid=-1)
    notice = (
        f"{leaf('edittime', now)}{leaf('ctrlflag', 127)}{leaf('version', 1)}"
        f"{element('source', origin, sourcetype=6, sourceid=source)}{element('datalist', item, count=1)}"
    )
    note = element("group_notice_item", notice, type=18)
    content = (
        cdata("content", words) + cdata("xmlcontent", note) + leaf("announcement_id", f"{group}_{source}")
    )
    inner = f"<mmchatroombarannouncememt>{content}</mmchatroombarannouncememt>"
    return _command("mmchatroombarannouncememt", inner, words)


def todo(title: str, creator: str = "", message: int = 0, *, now: int = EPOCH) -> Composed:
    """A group's to-do (10002 `roomtoolstips`), made by a person (permanent id) of a message."""
    named = {
        "todoid": f"related_msgid_{message}",
        "username": "roomannouncement@app.origin",
        "path": "",
        "custominfo": "",
        "title": title,
        "creator": creator,
        "related_msgid": message,
        "manager": creator,
        "scene": "altertodo_set",
        "oper": creator,
        "sharekey": "",
        "sharename": "",
        "template": f"${{{creator}}}将你的消息设置为群待办",
    }
    inside = leaf("op", 0) + leaf("time", now) + leaf("nreply", 0)
    inner = f"<todo>{inside}{''.join(cdata(name, value) for name, value in named.items())}</todo>"
    return _command("roomtoolstips", inner, title)


def _id(words: str, digits: int) -> str:
    return blake2b(words.encode(), digest_size=digits // 2).hexdigest()
