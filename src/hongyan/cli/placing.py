"""Reports where an option belongs that was typed before its command; it changes no line and runs nothing."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from hongyan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

__all__ = ["misplaced", "misplaced_in_group"]


def misplaced(
    words: Sequence[str], names: Collection[str], load: Callable[[str], click.Command]
) -> UsageError:
    """Return the error for a line that starts with an option instead of one of the commands ``names``."""
    return _explained("hongyan", words, names, load) or _explained_without_command(words, names, load)


def misplaced_in_group(path: str, words: Sequence[str], group: click.Group) -> UsageError | None:
    """Return the same for the words after ``path``, a command with subcommands; None if it is another error."""
    return _explained(path, words, group.commands, group.commands.__getitem__)


def _explained(
    path: str, words: Sequence[str], names: Collection[str], load: Callable[[str], click.Command]
) -> UsageError | None:
    """Find the first command for which all earlier words would be options."""
    for at, word in enumerate(words):
        if at and word in names:
            command, line, rest = load(word), [word], list(words[at + 1 :])
            while isinstance(command, click.Group) and rest and rest[0] in command.commands:
                line.append(rest.pop(0))
                command = command.commands[line[-1]]
            if _fit(words[:at], command):
                return _goes_after(words[0], f"{path} {shlex.join([*line, *words[:at], *rest])}")
    return None


def _explained_without_command(
    words: Sequence[str], names: Collection[str], load: Callable[[str], click.Command]
) -> UsageError:
    if any(_fit(words, load(name)) for name in names):
        return _goes_after(words[0], f"hongyan COMMAND {shlex.join(words)}")
    return UsageError(
        f"there is no option {words[0].partition('=')[0]!r} before a command", "See: hongyan --help"
    )


def _goes_after(word: str, line: str) -> UsageError:
    return UsageError(f"the option {word.partition('=')[0]} goes after the command", f"Write: {line}")


def _fit(words: Sequence[str], command: click.Command) -> bool:
    """Whether ``words`` are options of a command, each with its value."""
    options = {
        name: param
        for param in command.params
        if isinstance(param, click.Option)
        for name in (*param.opts, *param.secondary_opts)
    }
    left = list(words)
    while left:
        name, is_whole, _ = left.pop(0).partition("=")
        option = options.get(name)
        if option is None:
            return False
        if not option.is_flag and not option.count and not is_whole:
            if not left:
                return False
            left.pop(0)
    return True
