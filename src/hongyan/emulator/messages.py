"""The messages of one account and their form on the wire; independent of who is logged in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from hongyan.emulator.answers import encode
from hongyan.emulator.compose import Composed

if TYPE_CHECKING:
    from hongyan.emulator.names import TransientNames

__all__ = ["StoredMessage", "completed", "message_json", "message_of_row", "message_row"]

_NO_RECOMMENDATION = {
    "UserName": "",
    "NickName": "",
    "QQNum": 0,
    "Province": "",
    "City": "",
    "Content": "",
    "Signature": "",
    "Alias": "",
    "Scene": 0,
    "VerifyFlag": 0,
    "AttrStatus": 0,
    "Sex": 0,
    "Ticket": "",
    "OpCode": 0,
}

# Every key is always present: itchat indexes them without a check.
_DEFAULTS: dict[str, Any] = {
    "MsgId": "",
    "FromUserName": "",
    "ToUserName": "",
    "MsgType": 1,
    "Content": "",
    "Status": 3,
    "ImgStatus": 1,
    "CreateTime": 0,
    "VoiceLength": 0,
    "PlayLength": 0,
    "FileName": "",
    "FileSize": "",
    "MediaId": "",
    "Url": "",
    "AppMsgType": 0,
    "StatusNotifyCode": 0,
    "StatusNotifyUserName": "",
    "RecommendInfo": _NO_RECOMMENDATION,
    "ForwardFlag": 0,
    "AppInfo": {"AppID": "", "Type": 0},
    "HasProductId": 0,
    "Ticket": "",
    "ImgHeight": 0,
    "ImgWidth": 0,
    "SubMsgType": 0,
    "NewMsgId": 0,
    "OriContent": "",
    "EncryFileName": "",
}

_WITHOUT_PREFIX = frozenset({51, 10000, 10002})
_SYSTEM_TEXT = 10000
_FILE = 6
_SELF_CONTAINED = frozenset({1, 51, 10000, 10002})


@dataclass(slots=True, eq=False)
class StoredMessage:
    """One message of an account's history.

    `chat` is the permanent id of the other side (a person or a group), `sender` of who wrote it (the account itself for
    sent messages, "" for the system), `time` Unix seconds, `media` MediaIds by variant.
    """

    msg_id: int
    chat: str
    sender: str
    time: float
    content: Composed
    client_id: str = ""
    recalled: bool = False
    media: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What a person would read."""
        return self.content.plain


def completed(content: Composed, msg_id: int, sender: str, media_id: str) -> Composed:
    """A composed message with the values that only the service has: its number in a map's address, its sender and file in the XML."""
    if content.msg_type in _SELF_CONTAINED and not content.fields.get("SubMsgType"):
        return content
    wire = content.content.replace("?url=xxx&msgid=0&", f"?url=xxx&msgid={msg_id}&")
    wire = wire.replace(' fromusername=""', f' fromusername="{sender}"')
    wire = wire.replace(
        "&lt;fromusername&gt;&lt;/fromusername&gt;", f"&lt;fromusername&gt;{sender}&lt;/fromusername&gt;"
    )
    fields = dict(content.fields)
    if fields.get("AppMsgType") == _FILE and media_id and not fields.get("MediaId"):
        wire = wire.replace(
            "&lt;attachid&gt;&lt;/attachid&gt;", f"&lt;attachid&gt;{media_id}&lt;/attachid&gt;"
        )
        fields |= {"MediaId": media_id}
    return replace(content, content=wire, fields=fields)


def message_json(message: StoredMessage, me: str, names: TransientNames) -> bytes:
    """An AddMsgList item for the login of these names; `me` is the account's permanent id."""
    content = message.content
    own = message.sender == me
    item = {**_DEFAULTS, **content.fields}
    item["MsgId"] = str(message.msg_id)
    item["NewMsgId"] = message.msg_id
    item["FromUserName"] = names(me) if own else names(message.chat)
    item["ToUserName"] = names(message.chat) if own else names(me)
    item["MsgType"] = content.msg_type
    item["Content"] = _prefix(message, names, own=own) + content.content
    item["CreateTime"] = int(message.time)
    if content.msg_type == _SYSTEM_TEXT:
        item["Status"] = 4
    for key, people in content.people.items():
        _put_names(item, key, ",".join(map(names, people)))
    return encode(item)


def _prefix(message: StoredMessage, names: TransientNames, *, own: bool) -> str:
    if own and message.content.fields.get("SubMsgType"):
        return ":<br/>"  # own places have the mark of a sender without the sender (official page)
    if (
        own
        or not message.sender
        or message.sender == message.chat
        or message.content.msg_type in _WITHOUT_PREFIX
    ):
        return ""
    return names(message.sender) + ":<br/>"


def _put_names(item: dict[str, Any], key: str, value: str) -> None:
    outer, _, inner = key.partition(".")
    if inner:
        item[outer] = {**item[outer], inner: value}
    else:
        item[outer] = value


def message_row(message: StoredMessage) -> dict[str, Any]:
    """What a restart needs of a message; the bytes of its files are in the media store."""
    return {
        "chat": message.chat,
        "sender": message.sender,
        "time": message.time,
        "type": message.content.msg_type,
        "content": message.content.content,
        "plain": message.content.plain,
        "fields": dict(message.content.fields),
        "client_id": message.client_id,
        "recalled": message.recalled,
        "media": message.media,
    }


def message_of_row(msg_id: int, row: dict[str, Any]) -> StoredMessage:
    """The message of `message_row`."""
    content = Composed(row["type"], row["content"], row["plain"], row["fields"])
    return StoredMessage(
        msg_id,
        row["chat"],
        row["sender"],
        row["time"],
        content,
        row["client_id"],
        row["recalled"],
        row["media"],
    )
