"""The lists of chats, contacts, groups, members and messages as aligned text and as JSON values; it fetches nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hongyan.model.contacts import ContactKind
from hongyan.model.display_text import cells, clean, fit, pad
from hongyan.terminal.strings.language import COLUMNS, Language

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hongyan.client.account import Chat
    from hongyan.model.contacts import Member

__all__ = ["chat_lines", "chat_values", "columns", "member_lines", "member_values"]

_GAP: Final = "  "
_NAME_AT_MOST: Final = 32  # cells: a longer name would push everything else off a narrow screen

_KINDS: Final[dict[ContactKind, tuple[str, str, str]]] = {
    ContactKind.SELF: ("自己", "self", "自己"),
    ContactKind.FRIEND: ("好友", "friend", "好友"),
    ContactKind.GROUP: ("群", "group", "群"),
    ContactKind.OFFICIAL: ("公众号", "official", "官方帳號"),
    ContactKind.SPECIAL: ("系统", "service", "系統"),
    ContactKind.STRANGER: ("陌生人", "stranger", "陌生人"),
}
_FLAGS: Final[dict[str, tuple[str, str, str]]] = {
    "pinned": ("置顶", "pinned", "置頂"),
    "starred": ("星标", "starred", "星標"),
    "muted": ("免打扰", "muted", "靜音"),
    "owned": ("群主", "owner", "群主"),
    "blocked": ("已拉黑", "blocked", "已封鎖"),
}


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows of clean texts as lines whose columns start at the same cell; Chinese counts double."""
    if not rows:
        return []
    widths = [max(cells(text) for text in column) for column in zip(*rows, strict=True)]
    return [
        _GAP.join(pad(text, width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def chat_lines(chats: Sequence[Chat], language: Language) -> list[str]:
    """Return one line for each chat: ``#number``, name, kind, what else is known; numbers count from 1."""
    return columns([(f"#{n}", *_chat_row(chat, language)) for n, chat in enumerate(chats, 1)])


def _chat_row(chat: Chat, language: Language) -> tuple[str, str, str]:
    contact = chat.contact
    name = fit(clean(chat.name, newline=" ", tab=" "), _NAME_AT_MOST)
    kind = _KINDS[contact.kind][COLUMNS[language]]
    count = f" ({contact.member_count})" if chat.is_group and contact.member_count else ""
    return name, kind + count, _remarks(chat, language)


def _remarks(chat: Chat, language: Language) -> str:
    contact = chat.contact
    nickname = contact.nickname if contact.nickname and contact.nickname != chat.name else ""
    flags = (words[COLUMNS[language]] for flag, words in _FLAGS.items() if getattr(contact, flag))
    where = " ".join(filter(None, (contact.province, contact.city)))
    parts = (nickname, contact.alias, where, *flags)
    return ", ".join(clean(text, newline=" ", tab=" ") for text in parts if text)


def chat_values(chats: Iterable[Chat]) -> list[dict[str, Any]]:
    """Return chats as JSON values; ``key`` is lasting, names are decoded."""
    return [_chat_value(chat) for chat in chats]


def _chat_value(chat: Chat) -> dict[str, Any]:
    contact = chat.contact
    texts = ("nickname", "remark", "alias", "sex", "province", "city", "signature")
    flags = ("in_contacts", "member_count", *_FLAGS)
    return {
        "key": chat.key,
        "name": chat.name,
        "kind": contact.kind,
        **{name: getattr(contact, name) for name in (*texts, *flags)},
    }


def member_lines(members: Iterable[tuple[Member, str]]) -> list[str]:
    """Return one line for each member of a group and my remark: ``#number``, what I call them, what others do."""
    return columns([(f"#{n}", *_member_row(member, remark)) for n, (member, remark) in enumerate(members, 1)])


def _member_row(member: Member, remark: str) -> tuple[str, str]:
    called = remark or member.shown
    others = [name for name in dict.fromkeys((member.shown, member.nickname)) if name and name != called]
    return (
        fit(clean(called, newline=" ", tab=" "), _NAME_AT_MOST),
        ", ".join(clean(name, newline=" ", tab=" ") for name in others),
    )


def member_values(members: Iterable[tuple[Member, str]]) -> list[dict[str, Any]]:
    """Return members with my remarks as JSON values, without transient names, which mean nothing tomorrow."""
    return [
        {
            "name": member.shown,
            "nickname": member.nickname,
            "display_name": member.display_name,
            "remark": remark,
        }
        for member, remark in members
    ]
