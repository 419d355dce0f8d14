"""``hongyan completion``: the lines with which a shell completes commands and options; and the answers to its questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click
from click.shell_completion import BashComplete, CompletionItem, FishComplete, ShellComplete, ZshComplete

from hongyan.cli.boundary import dressed
from hongyan.cli.commands import COMMANDS, load

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["VARIABLE", "answer", "completion"]

VARIABLE: Final = "_HONGYAN_COMPLETE"
"""The variable with the shell's request; its name is part of the lines that people put into their shell's files."""

_SHELLS: Final[dict[str, type[ShellComplete]]] = {
    "bash": BashComplete,
    "zsh": ZshComplete,
    "fish": FishComplete,
}
_WHERE: Final = {
    "bash": 'eval "$(hongyan completion bash)"  # in ~/.bashrc',
    "zsh": 'eval "$(hongyan completion zsh)"  # in ~/.zshrc, below compinit',
    "fish": "hongyan completion fish | source  # in ~/.config/fish/config.fish",
}


@click.command()
@click.argument("shell", type=click.Choice(list(_SHELLS)))
def completion(shell: str) -> int:
    """Print what SHELL needs to complete commands and options. The first line says where it belongs."""
    asked = _SHELLS[shell](_Table("hongyan"), {}, "hongyan", VARIABLE)
    click.echo(f"# {_WHERE[shell]}")
    click.echo(asked.source_template % asked.source_vars())
    return 0


def answer(instruction: str) -> int:
    """Answer a shell's request, ``bash_complete`` and the like; the words of the line are in the environment."""
    asked = _SHELLS.get(instruction.partition("_")[0])
    if asked is None or not instruction.endswith("_complete"):
        return 1
    click.echo(asked(_Table("hongyan"), {}, "hongyan", VARIABLE).complete())
    return 0


class _Table(click.Group):
    """The table of commands in click's form for completion; a command is imported when it is completed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # of click
        """Return all names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # of click
        """Return one command."""
        return dressed(load(cmd_name)) if cmd_name in COMMANDS else None

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[Any]]:  # noqa: ARG002  # of click
        """Return the names that start with the typed text, without importing any."""
        found: Sequence[tuple[str, str]] = [(name, COMMANDS[name][1]) for name in COMMANDS]
        return [CompletionItem(name, help=line) for name, line in found if name.startswith(incomplete)]
