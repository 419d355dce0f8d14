"""The generated block of ``docs/cli.md``: every command with its usage, arguments and options, as click knows them."""

from __future__ import annotations

import click

from generate.blocks import table
from hongyan.cli import COMMANDS, load
from hongyan.errors import EXIT_CODES


def blocks() -> dict[str, str]:
    """Return each generated block of the page by its name."""
    listed = table(
        ("Command", "What it does"), ((f"[`{name}`](#{name})", text) for name, (_, text) in COMMANDS.items())
    )
    return {
        "list": listed,
        "shared": _shared(),
        "commands": "\n\n".join(_command(load(name), name) for name in COMMANDS),
        "exit-codes": table(("Exit code", "Meaning"), EXIT_CODES.items()),
    }


def _context(command: click.Command, name: str) -> click.Context:
    return click.Context(command, info_name=f"hongyan {name}", terminal_width=100)


def _command(command: click.Command, name: str, level: int = 3) -> str:
    context = _context(command, name)
    usage = " ".join(["hongyan", name, *command.collect_usage_pieces(context)])
    lines = [f"{'#' * level} {name}", f"`{usage}`", _help(command)]
    if rows := [row for param in command.params if (row := _option(param, context, command))]:
        lines.append(table(("Option", "Meaning"), rows))
    if isinstance(command, click.Group):
        lines += [_command(command.commands[each], f"{name} {each}", level + 1) for each in command.commands]
    return "\n\n".join(line for line in lines if line)


def _help(command: click.Command) -> str:
    text = (command.help or "").replace("\b", "").strip()
    return "\n".join(line.strip() for line in text.splitlines())


def _option(param: click.Parameter, context: click.Context, command: click.Command) -> tuple[str, str] | None:
    if not isinstance(param, click.Option) or param.hidden or _is_shared(param, command):
        return None
    record = param.get_help_record(context)
    return (f"`{record[0]}`", record[1]) if record else None


def _is_shared(param: click.Option, command: click.Command) -> bool:
    return param.name in _SHARED and command.name != "emulate"


_SHARED = ("profile", "home", "lang", "as_json", "server", "proxy", "ca", "pace", "transcript", "acknowledge")


def _shared() -> str:
    command = load("chat")
    context = _context(command, "chat")
    records = (p.get_help_record(context) for p in command.params if p.name in _SHARED)
    return table(("Option", "Meaning"), ((f"`{r[0]}`", r[1]) for r in records if r))
