"""Conditions on messages that can be joined with ``&``, ``|`` and ``~``; each checks one message and nothing else.

A plain function that takes the message and returns a truth value is a condition as well, and so is an async one.
"""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any, Final

from hongyan.bot.patterns import Pattern
from hongyan.bot.validation import checked_one_argument, checked_words
from hongyan.errors import UsageError
from hongyan.model.mentions import MentionsMe, without_mentions

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hongyan.bot.contexts import MessageContext

    Condition = Callable[[Any], object | Awaitable[object]]

__all__ = [
    "Filter",
    "checked_condition",
    "command",
    "from_",
    "from_key",
    "holds",
    "in_group",
    "mentions_me",
    "names_in",
    "private",
    "text",
]

_FORM: Final = "Write a function that takes the message."


async def holds(condition: Condition, message: Any) -> bool:
    """Return whether a condition, sync or async, holds for a message."""
    answer = condition(message)
    if inspect.isawaitable(answer):
        answer = await answer
    return bool(answer)


def checked_condition(condition: object) -> Condition:
    """Return a function of one argument as it is; UsageError for anything else."""
    if not callable(condition):
        raise UsageError(f"{condition!r} is not a condition", _FORM)
    name = getattr(condition, "__qualname__", type(condition).__qualname__)
    checked_one_argument(condition, f"the condition {name}", _FORM)
    return condition


class Filter:
    """A condition with operators: ``in_group & ~from_("Bob")``. ``Filter(function)`` makes one of any function.

    ``names`` are the names by which the condition identifies people, which is worth a warning: see ``from_``.
    """

    __slots__ = ("_condition", "names")

    def __init__(self, condition: Condition, names: frozenset[str] = frozenset()) -> None:
        self._condition = checked_condition(condition)
        self.names = names

    def __bool__(self) -> bool:
        raise UsageError(
            "a condition is neither true nor false before there is a message",
            "Join conditions with &, | and ~, not with and, or and not.",
        )

    def __call__(self, message: Any) -> object | Awaitable[object]:
        """Return whether the condition holds for ``message``, or an awaitable of that."""
        return self._condition(message)

    def __and__(self, other: Condition) -> Filter:
        checked_condition(other)

        async def both(message: Any) -> bool:
            return await holds(self, message) and await holds(other, message)

        return Filter(both, self.names | names_in(other))

    def __or__(self, other: Condition) -> Filter:
        checked_condition(other)

        async def either(message: Any) -> bool:
            return await holds(self, message) or await holds(other, message)

        return Filter(either, self.names | names_in(other))

    def __rand__(self, other: Condition) -> Filter:
        return Filter(other) & self

    def __ror__(self, other: Condition) -> Filter:
        return Filter(other) | self

    def __invert__(self) -> Filter:
        async def neither(message: Any) -> bool:
            return not await holds(self, message)

        return Filter(neither, self.names)


def text(pattern: str | re.Pattern[str]) -> Filter:
    """Hold where ``pattern`` (a regular expression) is found in the text; the handler finds it as ``message.match``.

    A search that takes more than ``hongyan.bot.patterns.LIMIT_S`` seconds finds nothing, which is logged once.
    """
    compiled = _compiled(pattern)

    def condition(message: MessageContext) -> bool:
        return _keep(message, compiled.search(message.text))

    return Filter(condition)


def command(name: str) -> Filter:
    """Hold for ``/help`` and ``/help something``; what follows the name is ``message.match["args"]``.

    In a group the command may follow mentions: ``@Bot /help``.
    """
    checked_words(name, "a command", 'Write: command("/help")')
    compiled = re.compile(rf"{re.escape(name)}(?!\S)\s*(?P<args>.*)", re.DOTALL)

    def condition(message: MessageContext) -> bool:
        return _keep(message, compiled.fullmatch(without_mentions(message.text, message.mentions)))

    return Filter(condition)


def names_in(condition: Condition | None) -> frozenset[str]:
    """Return the names by which a condition identifies people; a plain function has none."""
    return condition.names if isinstance(condition, Filter) else frozenset()


def from_(*names: str) -> Filter:
    """Hold where the friend, or within the group, of that name wrote: by remark, or by a name that no other contact has.

    A stranger's own name, and a member's name within a group, never count: anyone may choose them. A friend
    may still change their nickname to one that no other contact has, so protect private functions with ``from_key``.
    """
    known = _named(names, "a name", 'Write: from_("Alice")')
    wanted = frozenset(name.casefold() for name in known)

    def condition(message: MessageContext) -> bool:
        account = message.account
        return bool(
            account.people.known_as(message.sender, wanted) or account.people.known_as(message.chat, wanted)
        )

    return Filter(condition, known)


def from_key(*keys: str) -> Filter:
    """Hold where the person, or within the group, of that durable key wrote; ``hongyan contacts --json`` lists the keys.

    A key stays the same over renaming and new logins, and no one can choose it.
    """
    wanted = _named(keys, "a key", "hongyan contacts --json lists the keys.")

    def condition(message: MessageContext) -> bool:
        return message.sender.key in wanted or message.chat.key in wanted

    return Filter(condition)


def _keep(message: MessageContext, found: re.Match[str] | None) -> bool:
    """Store the find with the message; without one, an earlier find stays."""
    if found is not None:
        message.found = found
    return found is not None


def _named(given: tuple[str, ...], what: str, advice: str) -> frozenset[str]:
    """Return the names; UsageError for an empty list, which would match no message."""
    if not given:
        raise UsageError("no name is given", advice)
    return frozenset(checked_words(one, what, advice) for one in given)


def _compiled(pattern: str | re.Pattern[str]) -> Pattern:
    if not isinstance(pattern.pattern if isinstance(pattern, re.Pattern) else pattern, str):
        raise UsageError(f"{pattern!r} is not a pattern of texts", 'Write: text(r"^ping$")')
    try:
        return Pattern(pattern)
    except ValueError as error:
        raise UsageError(f"the pattern {pattern!r} cannot be read: {error}") from error


def _in_group(message: MessageContext) -> bool:
    return message.in_group


def _mentions_me(message: MessageContext) -> bool:
    return message.mentions_me is MentionsMe.YES


in_group = Filter(_in_group)
"""Hold in groups."""

private = ~in_group
"""Hold in conversations with one person."""

mentions_me = Filter(_mentions_me)
"""Match if a group's text mentions this account for certain; ``message.mentions_me`` has doubtful cases too."""
