"""The command line: finds the command in the table of ``commands.py`` and runs it; each command has a file.

Only the table is read at start-up: ``hongyan --help`` loads nothing else. A command is a click command; its module, and
click with it, is imported when the command runs.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final, NoReturn

from hongyan import __version__
from hongyan.cli.commands import COMMANDS, GROUPS, load

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


_HELP: Final = """\
Usage: hongyan COMMAND [OPTIONS] [ARGS]...

  Web WeChat: a terminal client, a bot framework, and an emulator to develop
  against. Without a server, start with: hongyan demo

Options:
  -V, --version  Show the version and exit.
  -h, --help     Show this message and exit; for details: hongyan COMMAND -h
"""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with one of ``errors.EXIT_CODES``."""
    from hongyan.cli.signals import end_without_a_word

    if arguments is None:  # the process is ours
        end_without_a_word()
    from hongyan.cli.streams import name_output, open_missing

    open_missing()
    if arguments is None:
        name_output()
    sys.exit(_bounded(list(sys.argv[1:] if arguments is None else arguments) or ["--help"]))


def _bounded(words: list[str]) -> int:
    """Run; if there is no memory even to report errors, print that much."""
    try:
        return _run(words)
    except (MemoryError, ImportError) as problem:
        if isinstance(problem, ImportError) and "failed to map segment" not in str(problem):
            raise
        os.write(2, b"hongyan: this machine has too little memory for the program\n")
        return 9


def _run(words: list[str]) -> int:
    name, *rest = words
    if question := os.environ.get("_HONGYAN_COMPLETE"):
        from hongyan.cli.completion import answer

        return answer(question)
    if name in {"-h", "--help", "help"}:
        return _say(_help())
    if name in {"-V", "--version"}:
        return _say(f"hongyan {__version__}\n")
    if name not in COMMANDS:
        return _say_unknown(words)
    from hongyan.cli.boundary import run_command

    return run_command(lambda: load(name), name, rest)


def _help() -> str:
    """Return the help: every command with a line, below the headings of ``GROUPS``."""
    parts = [_HELP]
    for heading, names in GROUPS.items():
        parts.append(f"\n{heading}:\n")
        parts += [f"  {name:<10} {COMMANDS[name][1]}\n" for name in names.split()]
    return "".join(parts)


def _say(text: str) -> int:
    from hongyan.cli.streams import flush, is_gone, lost_words

    try:
        sys.stdout.write(text)
        flush()
    except OSError as problem:
        if is_gone(problem):
            return 141
        sys.stderr.write("hongyan: {}\n  {}\n".format(*lost_words(problem)))
        return 9
    return 0


def _say_unknown(words: list[str]) -> int:
    name = words[0]
    if name.startswith("-"):
        from hongyan.cli.exit_codes import report
        from hongyan.cli.placing import misplaced
        from hongyan.terminal.addressed import use_address

        use_address({})
        problem = misplaced(words, COMMANDS, load)
        report(problem, as_json=not {"--json", "-j"}.isdisjoint(words))
        return problem.exit_code
    from difflib import get_close_matches

    near = get_close_matches(name, COMMANDS, n=1)
    hint = f"Did you mean {near[0]}?" if near else "See: hongyan --help"
    sys.stderr.write(f"hongyan: there is no command {name!r}\n  {hint}\n")
    return 2
