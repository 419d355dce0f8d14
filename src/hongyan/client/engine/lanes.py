"""The order of commands: those of a chat's lane one after the other, lanes side by side; it carries out nothing."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from hongyan.model.commands import ActionKind, CommandRow, FetchMedia, chat_of

if TYPE_CHECKING:
    from hongyan.errors import HongyanError
    from hongyan.model.commands import Command
    from hongyan.model.ids import LoginId

__all__ = ["CommandLane", "SendDoubt", "WaitingCommand", "actions_of", "lane_of", "words_of"]

_FETCHES: Final = 3  # files fetched side by side


class SendDoubt(NamedTuple):
    """The doubt that a command may have happened: under which login, since when, and why it is not known.

    ``since`` is by the clock of this program; None if no clock can measure how long ago it was.
    """

    login: LoginId
    since: float | None
    error: HongyanError


class WaitingCommand(NamedTuple):
    """A command in its lane. ``not_before`` and ``since`` (its first try that failed) are by the clock of this program."""

    row: CommandRow
    not_before: float = 0.0
    doubt: SendDoubt | None = None
    since: float | None = None
    tries: int = 0


@dataclass(slots=True)
class CommandLane:
    """The commands that go one after the other; ``held_until`` is by the clock of this program."""

    waiting: deque[WaitingCommand] = field(default_factory=deque)
    held_until: float = 0.0


def lane_of(row: CommandRow) -> str:
    """Return the lane of a command: that of its chat for messages, whose order matters; others wait for their own kind."""
    chat = chat_of(row.command)
    if isinstance(row.command, FetchMedia):  # one that hangs does not keep all others
        return f"FetchMedia {row.command.seq % _FETCHES}"
    return chat if row.command.is_message else f"{type(row.command).__name__} {chat}"


def actions_of(row: CommandRow) -> tuple[ActionKind, ...]:
    """Return the kinds of action for which a command needs a turn."""
    action = row.command.action
    if action is ActionKind.MEDIA:
        return ActionKind.MEDIA, ActionKind.SEND
    return (action,) if action is not None else ()


def words_of(command: Command) -> str:
    """Return what a command does, in words: "set remark"."""
    return str(command.__struct_config__.tag).replace("-", " ")
