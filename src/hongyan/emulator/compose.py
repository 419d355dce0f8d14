"""Knows what each kind of message says on the wire; refuses to know who gets it and under which names."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hongyan.emulator.world import Person

__all__ = ["Composed", "conversation_list", "escaped", "friend_request", "recall", "status", "system", "text"]


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
    return escape(value).replace("&#x27;", "&#39;").replace("\n", "<br/>")


def text(value: str) -> Composed:
    """A text."""
    return Composed(1, escaped(value), value)


def system(value: str) -> Composed:
    """A grey line in a chat (MsgType 10000)."""
    return Composed(10000, escaped(value), value)


def conversation_list(chats: list[str]) -> Composed:
    """The phone's chat list (MsgType 51, code 4): permanent ids in the XML, UserNames beside it, in the same order."""
    names = ",".join(chats)
    xml = (
        f"<msg>\n<op id='4'>\n<username>{names}</username>\n<unreadchatlist>\n</unreadchatlist>\n"
        "<unreadfunctionlist>\n</unreadfunctionlist>\n</op>\n</msg>"
    )
    content = escaped(xml).replace("&#39;", "'")
    return Composed(51, content, "", {"StatusNotifyCode": 4}, {"StatusNotifyUserName": tuple(chats)})


def recall(chat: str, msg_id: int, words: str) -> Composed:
    """The notice that a message was taken back (MsgType 10002)."""
    xml = (
        f'<sysmsg type="revokemsg"><revokemsg><session>{chat}</session><oldmsgid>{msg_id % 2**31}</oldmsgid>'
        f"<msgid>{msg_id}</msgid><replacemsg><![CDATA[{words}]]></replacemsg></revokemsg></sysmsg>"
    )
    return Composed(10002, escaped(xml), words)


def friend_request(person: Person, words: str, ticket: str, scene: int = 30) -> Composed:
    """Somebody wants to be a friend (MsgType 37, from `fmessage`)."""
    xml = (
        f'<msg fromusername="{escape(person.id)}" encryptusername="v1_{ticket[3:35]}@stranger" '
        f'fromnickname="{escape(person.nickname)}" content="{escape(words)}" scene="{scene}" sex="{person.sex}" '
        f'province="{escape(person.province)}" city="{escape(person.city)}" alias="{escape(person.alias)}" '
        f'ticket="{ticket}" opcode="2"></msg>'
    )
    recommendation = {
        "UserName": "",
        "NickName": escaped(person.nickname),
        "QQNum": 0,
        "Province": person.province,
        "City": person.city,
        "Content": escaped(words),
        "Signature": escaped(person.signature),
        "Alias": person.alias,
        "Scene": scene,
        "VerifyFlag": 0,
        "AttrStatus": person.attr_status,
        "Sex": person.sex,
        "Ticket": ticket,
        "OpCode": 2,
    }
    people = {"RecommendInfo.UserName": (person.id,)}
    return Composed(37, escaped(xml), words, {"RecommendInfo": recommendation}, people)


def status(code: int, chat: str) -> Composed:
    """The phone read (1), opened (2) or left (5) a chat (MsgType 51)."""
    content = "" if code == 1 else escaped(f"<msg>\n<op id='{code}'>\n</op>\n</msg>").replace("&#39;", "'")
    return Composed(51, content, "", {"StatusNotifyCode": code}, {"StatusNotifyUserName": (chat,)})
