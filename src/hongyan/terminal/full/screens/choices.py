"""People and chats as things to choose from in a dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.errors import NotComplete
from hongyan.model.display_text import clean
from hongyan.terminal.full.chats.fuzzy import keys_of
from hongyan.terminal.full.screens.dialogs import Choice

if TYPE_CHECKING:
    from hongyan.client.account import Account, Chat

__all__ = ["choice_of", "everybody"]


def choice_of(chat: Chat) -> Choice[Chat]:
    """Return a chat as something that can be chosen in a dialog."""
    names, pinyin = keys_of(chat.contact)
    contact = chat.contact
    more = contact.nickname if contact.remark and contact.nickname != contact.remark else contact.alias
    return Choice(chat, clean(chat.name, newline=" "), clean(more, newline=" "), names, pinyin)


def everybody(account: Account) -> list[Chat]:
    """Return everyone one can write to, those with traffic first; while the list is loading, those that are known."""
    found: list[Chat] = list(account.chats())
    for listed in (account.contacts, account.groups):
        try:
            found += listed()
        except NotComplete:
            continue
    return list({chat.key: chat for chat in found}.values())
