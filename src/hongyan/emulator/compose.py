"""The content of each kind of message on the wire; independent of who gets it and under which names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hongyan.emulator.elements import attributes, cdata, element, leaf, leaves
from hongyan.emulator.markup import wire_text, wire_xml
from hongyan.emulator.pinyin import pinyin

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hongyan.emulator.world import Person

__all__ = [
    "Composed",
    "conversation_list",
    "escaped",
    "friend_request",
    "notice",
    "recall",
    "recommendation",
    "status",
    "system",
    "text",
]


@dataclass(frozen=True, slots=True)
class Composed:
    """The part of an AddMsgList item that is the same for every login.

    `content` is wire text without the sender's prefix. `fields` are further keys that differ from their defaults.
    `people` are keys (`StatusNotifyUserName`, `RecommendInfo.UserName`) whose value is a comma list of the UserNames of
    these permanent ids. `files` are the bytes that the message shows, by variant: `full`, `slave` (thumbnail). `plain` is
    what a person would read.
    """

    msg_type: int
    content: str = ""
    plain: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    people: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    file_name: str = ""


def escaped(value: str) -> str:
    """Plain text as the service sends it: entities for markup, `<br/>` for line breaks."""
    return wire_text(value)


def text(value: str, *, spans: bool = False) -> Composed:
    """A text; with `spans` from an older phone, whose emoji come as spans."""
    return Composed(1, wire_text(value, spans=spans), value)


def system(value: str) -> Composed:
    """A grey line in a chat (MsgType 10000)."""
    return Composed(10000, wire_text(value), value)


def notice(value: str) -> Composed:
    """A notice of the service (MsgType 9999), which the official page throws away."""
    return Composed(9999, wire_text(value), value)


def conversation_list(chats: Sequence[str], unread: Mapping[str, int] | None = None) -> Composed:
    """The phone's chat list (MsgType 51, code 4): permanent ids in the XML, UserNames beside it, in the same order.

    `unread` are chats with unread messages and when they were last read, in Unix seconds.
    """
    waiting = "".join(
        f"<chat>\n{leaf('username', chat)}\n{leaf('lastreadtime', read)}\n</chat>\n"
        for chat, read in (unread or {}).items()
    )
    xml = (
        f"<msg>\n<op id='4'>\n{leaf('username', ','.join(chats))}\n<unreadchatlist>\n{waiting}</unreadchatlist>\n"
        "<unreadfunctionlist>\n</unreadfunctionlist>\n</op>\n</msg>"
    )
    return Composed(51, wire_xml(xml), "", {"StatusNotifyCode": 4}, {"StatusNotifyUserName": tuple(chats)})


def status(code: int, chat: str) -> Composed:
    """The phone read (1), opened (2) or left (5) a chat (MsgType 51)."""
    xml = "" if code == 1 else f"<msg>\n<op id='{code}'>\n{leaf('username', chat)}\n</op>\n</msg>"
    return Composed(51, wire_xml(xml), "", {"StatusNotifyCode": code}, {"StatusNotifyUserName": (chat,)})


def recall(chat: str, msg_id: int, words: str) -> Composed:
    """The notice that a message was recalled (MsgType 10002); `msg_id` is the recalled one, `chat` a permanent id."""
    inner = leaves({"session": chat, "oldmsgid": msg_id % 2**31, "msgid": msg_id}) + cdata(
        "replacemsg", words
    )
    inner += cdata("announcement_id")
    xml = element("sysmsg", f"<revokemsg>{inner}</revokemsg>", type="revokemsg")
    return Composed(10002, wire_xml(xml), words)


def recommendation(
    person: Person, *, scene: int, words: str = "", ticket: str = "", op_code: int = 0
) -> dict[str, Any]:
    """RecommendInfo of a card or a request; its UserName is filled in for each login."""
    return {
        "UserName": "",
        "NickName": wire_text(person.nickname, spans=True),
        "QQNum": 0,
        "Province": person.province,
        "City": person.city,
        "Content": wire_text(words),
        "Signature": wire_text(person.signature, spans=True),
        "Alias": person.alias,
        "Scene": scene,
        "VerifyFlag": person.verify_flag,
        "AttrStatus": person.attr_status,
        "Sex": person.sex,
        "Ticket": ticket,
        "OpCode": op_code,
    }


def friend_request(
    person: Person, words: str, ticket: str, scene: int = 30, *, group: str = "", suggested: bool = False
) -> Composed:
    """A friend request (MsgType 37, from `fmessage`), or a suggested friend (40) if `suggested`.

    `scene` is how they met (1, 3 by WeChat id, 14 a group, 15 phone number, 17 card, 30 QR code), `group` the common group.
    """
    brands = element("brandlist", count=0, ver=680000001)
    xml = f"<msg{attributes(_request_attributes(person, words, ticket, scene, group))}>{brands}</msg>"
    info = recommendation(person, scene=scene, words=words, ticket=ticket, op_code=2)
    people = {"RecommendInfo.UserName": (person.id,)}
    return Composed(40 if suggested else 37, wire_xml(xml), words, {"RecommendInfo": info}, people)


def _request_attributes(person: Person, words: str, ticket: str, scene: int, group: str) -> dict[str, object]:
    initials, full = pinyin(person.nickname)
    who: dict[str, object] = {
        "fromusername": person.id,
        "encryptusername": f"v1_{ticket[3:35]}@stranger",
        "fromnickname": person.nickname,
        "content": words,
        "fullpy": full,
        "shortpy": initials,
        "imagestatus": 3,
        "scene": scene,
        "country": "CN",
        "province": person.province,
        "city": person.city,
        "sign": person.signature,
        "percard": 1,
        "sex": person.sex,
        "alias": person.alias,
    }
    album: dict[str, object] = {
        "weibo": "",
        "weibonickname": "",
        "albumflag": 0,
        "albumstyle": 0,
        "albumbgimgid": "",
    }
    moments: dict[str, object] = {"snsflag": person.sns_flag, "snsbgimgid": "", "snsbgobjectid": 0}
    pictures: dict[str, object] = dict.fromkeys(
        ("mhash", "mfullhash", "bigheadimgurl", "smallheadimgurl"), ""
    )
    source: dict[str, object] = {"ticket": ticket, "opcode": 2, "googlecontact": "", "qrticket": ""}
    source |= {"chatroomusername": group, "sourceusername": "", "sourcenickname": ""}
    return who | album | moments | pictures | source
