"""Conditions on messages that can be joined with ``&``, ``|`` and ``~``; each looks at one message and nothing else.

A plain function that takes the message and returns a truth value is a condition as well, and so is an async one.
"""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

from hongyan.errors import UsageError
from hongyan.model.mentions import MentionsMe, without_mentions

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hongyan.bot.received import Received
    from hongyan.client.api import Chat

    Condition = Callable[[Any], object | Awaitable[object]]

__all__ = ["Filter", "command", "from_", "holds", "in_group", "mentions_me", "private", "text"]


async def holds(condition: Condition, message: Any) -> bool:
    """Return whether a condition, sync or async, holds for a message."""
    answer = condition(message)
    if inspect.isawaitable(answer):
        answer = await answer
    return bool(answer)


class Filter:
    """A condition with operators: ``in_group & ~from_("Bob")``. ``Filter(function)`` makes one of any function."""

    __slots__ = ("_condition",)

    def __init__(self, condition: Condition) -> None:
        self._condition = condition

    def __call__(self, message: Any) -> object | Awaitable[object]:
        """Return whether the condition holds for ``message``, or an awaitable of that."""
        return self._condition(message)

    def __and__(self, other: Condition) -> Filter:
        async def both(message: Any) -> bool:
            return await holds(self, message) and await holds(other, message)

        return Filter(both)

    def __or__(self, other: Condition) -> Filter:
        async def either(message: Any) -> bool:
            return await holds(self, message) or await holds(other, message)

        return Filter(either)

    def __rand__(self, other: Condition) -> Filter:
        return Filter(other) & self

    def __ror__(self, other: Condition) -> Filter:
        return Filter(other) | self

    def __invert__(self) -> Filter:
        async def neither(message: Any) -> bool:
            return not await holds(self, message)

        return Filter(neither)


def text(pattern: str | re.Pattern[str]) -> Filter:
    """Hold where ``pattern`` (a regular expression) is found in the text; the handler finds it as ``message.match``."""
    compiled = _compiled(pattern)

    def condition(message: Received) -> bool:
        return _keep(message, compiled.search(message.text))

    return Filter(condition)


def command(name: str) -> Filter:
    """Hold for ``/help`` and ``/help something``; what follows the name is ``message.match["args"]``.

    In a group the command may stand behind mentions: ``@Robot /help``.
    """
    compiled = re.compile(rf"{re.escape(name)}(?!\S)\s*(?P<args>.*)", re.DOTALL)

    def condition(message: Received) -> bool:
        return _keep(message, compiled.fullmatch(without_mentions(message.text, message.mentions)))

    return Filter(condition)


def from_(*names: str) -> Filter:
    """Hold where a person or group of that name wrote: remark, nickname, WeChat name, or name within the group."""
    wanted = {name.casefold() for name in names}

    def condition(message: Received) -> bool:
        known = {message.sender_name.casefold(), *names_of(message.sender), *names_of(message.chat)}
        return bool(wanted & known)

    return Filter(condition)


def names_of(chat: Chat) -> set[str]:
    """Return every name that a person or group goes by, without regard to letter case."""
    contact = chat.contact
    names = (chat.name, contact.remark, contact.nickname, contact.alias)
    return {name.casefold() for name in names if name}


def _keep(message: Received, found: re.Match[str] | None) -> bool:
    """Leave what was found with the message; what was not found leaves an earlier find alone."""
    if found is not None:
        message.found = found
    return found is not None


def _compiled(pattern: str | re.Pattern[str]) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise UsageError(f"the pattern {pattern!r} cannot be read: {error}") from error


def _in_group(message: Received) -> bool:
    return message.in_group


def _mentions_me(message: Received) -> bool:
    return message.mentions_me is MentionsMe.YES


in_group = Filter(_in_group)
"""Hold in groups."""

private = ~in_group
"""Hold in conversations with one person."""

mentions_me = Filter(_mentions_me)
"""Hold where a group's text calls this account by name for sure; ``message.mentions_me`` knows doubtful cases too."""
