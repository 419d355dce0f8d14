"""Knows the service's own sentences and commands on the wire; refuses to know when they are due."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from hongyan.emulator.compose import Composed, escaped, system

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SENTENCES", "announcement", "member_command", "pat", "sentence", "todo"]

SENTENCES = {
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
    "owner": {"zh_CN": '"{name}"已成为新群主', "en_US": '"{name}" is now the group owner'},
    "by-qr": {
        "zh_CN": '" {name}"通过扫描"{other}"分享的二维码加入群聊',
        "en_US": '"{name}" joined the group chat via the QR Code shared by "{other}".',
    },
    "location-over": {"zh_CN": "位置共享已经结束", "en_US": "Real-time location sharing has ended"},
}
"""The wording by occasion and language; `{name}` is who it is about."""


def sentence(occasion: str, language: str = "zh_CN", **names: str) -> Composed:
    """A grey line (MsgType 10000). KeyError for an occasion without a wording."""
    wordings = SENTENCES[occasion]
    return system(wordings.get(language, wordings["zh_CN"]).format(**names))


def _command(kind: str, inner: str, plain: str) -> Composed:
    xml = f'<sysmsg type="{kind}">{inner}</sysmsg>'
    return Composed(10002, escaped(xml).replace("&#39;", "'"), plain)


def pat(who: str, whom: str, chat: str, words: str) -> Composed:
    """Somebody nudges somebody (10002 `pat`); `words` name people as `${id}`."""
    inner = (
        f"<pat><fromusername>{escape(who)}</fromusername><chatusername>{escape(chat)}</chatusername>"
        f"<pattedusername>{escape(whom)}</pattedusername><patsuffix></patsuffix>"
        f"<template><![CDATA[{words}]]></template></pat>"
    )
    return _command("pat", inner, words)


def member_command(words: str, people: Sequence[tuple[str, str]], scene: str = "invite") -> Composed:
    """A change of members with a link to undo it (10002 `delchatroommember`): (id, nickname) of each."""
    members = "".join(f"<username><![CDATA[{each}]]></username>" for each, _ in people)
    inner = (
        f"<delchatroommember><plain><![CDATA[]]></plain><text><![CDATA[{words}]]></text><link><scene>{scene}</scene>"
        f"<text><![CDATA[]]></text><memberlist>{members}</memberlist></link></delchatroommember>"
    )
    return _command("delchatroommember", inner, words)


def announcement(words: str) -> Composed:
    """A group's announcement (10002)."""
    inner = f"<mmchatroombarannouncememt><content><![CDATA[{words}]]></content></mmchatroombarannouncememt>"
    return _command("mmchatroombarannouncememt", inner, words)


def todo(title: str) -> Composed:
    """A group's to-do (10002 `roomtoolstips`)."""
    inner = f"<todo><op>0</op><todoid></todoid><username></username><title><![CDATA[{title}]]></title></todo>"
    return _command("roomtoolstips", inner, title)
