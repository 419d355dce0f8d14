"""Completes names and commands while a line is typed, also by the pinyin and initials that the server gives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from prompt_toolkit.completion import Completer, Completion

from hongyan.errors import HongyanError
from hongyan.model.display_text import clean
from hongyan.terminal.line.grammar import COMMANDS, CommandShape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    from hongyan.client.account import Account, Chat

__all__ = ["NameCompleter", "quoted"]

_AT_MOST: Final = 20
_ARROW: Final = re.compile(r"[mfie]?->\s*([^:：]*)")
_ORDER: Final = re.compile(r"/(\S*)")
_NAMED: Final = re.compile(r"/(\S+)\s+([^:：]*)")
_TAKES_NAME: Final = frozenset(
    {CommandShape.NAME, CommandShape.NAME_OR_OPEN, CommandShape.NAME_TEXT, CommandShape.NAME_AND_NUMBER}
)


class NameCompleter(Completer):
    """What Tab offers: names behind an arrow or a command that takes one, commands behind a slash."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:  # noqa: ARG002  # prompt_toolkit's signature
        """Yield the possible completions at the cursor."""
        typed = document.text_before_cursor
        if arrow := _ARROW.fullmatch(typed):
            return self._names(arrow[1], ":")
        if order := _ORDER.fullmatch(typed):
            return (Completion(f"{name} ", -len(order[1])) for name in COMMANDS if name.startswith(order[1]))
        named = _NAMED.fullmatch(typed)
        if named is None or COMMANDS.get(named[1]) not in _TAKES_NAME:
            return ()
        return self._names(named[2], ":" if COMMANDS[named[1]] is CommandShape.NAME_TEXT else "")

    def _names(self, typed: str, end: str) -> Iterator[Completion]:
        fitting = [chat for chat in self._everybody() if _fits(chat, typed)]
        for chat in fitting[:_AT_MOST]:
            yield Completion(quoted(chat.name) + end, -len(typed), display=clean(chat.name, newline=" "))

    def _everybody(self) -> list[Chat]:
        try:
            chats = [*self._account.chats(), *self._account.contacts(), *self._account.groups()]
        except HongyanError:  # the lists are not complete yet: offering half of them would mislead
            return []
        return list({chat.key: chat for chat in chats}.values())


def _fits(chat: Chat, typed: str) -> bool:
    wanted = typed.strip().strip('"').casefold()
    known = chat.contact
    keys = (
        chat.name,
        known.nickname,
        known.pinyin,
        known.initials,
        known.remark_pinyin,
        known.remark_initials,
    )
    return any(key.casefold().startswith(wanted) for key in keys) or wanted in chat.name.casefold()


def quoted(name: str) -> str:
    """Return a name as the grammar takes it: in quotes where it holds a colon or could be read as something else."""
    risky = (
        any(c in name for c in ':："')
        or name == "all"
        or name.startswith(("#", "＃", " "))
        or name != name.strip()
    )
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' if risky else name
