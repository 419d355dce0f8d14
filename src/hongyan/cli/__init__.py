"""The command line: which commands there are and how an error becomes an exit code; each command lives in its own file.

Only the table below is read at start-up: ``hongyan --help`` loads nothing at all. A command is a click command; its
module, and click with it, is imported when the command runs.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final, NoReturn

from hongyan import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    import click

__all__ = ["COMMANDS", "load", "main"]

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "demo": ("hongyan.cli.demo:demo", "Try everything on the emulator, without an account."),
    "login": ("hongyan.cli.login:login", "Log in by scanning a QR code."),
    "logout": ("hongyan.cli.login:logout", "End the login of a profile."),
    "chat": ("hongyan.cli.chat:chat", "Chat in the terminal."),
    "bot": ("hongyan.cli.bot:bot", "Run a bot: hongyan bot MODULE:APP."),
    "send": ("hongyan.cli.send:send", "Send one text or file and say what became of it."),
    "outbox": ("hongyan.cli.outbox:outbox", "List what waits or failed; send it again or drop it."),
    "recall": ("hongyan.cli.recall:recall", "Take back an own message."),
    "chats": ("hongyan.cli.lists:chats", "List chats, latest first."),
    "contacts": ("hongyan.cli.lists:contacts", "List friends and accounts."),
    "groups": ("hongyan.cli.lists:groups", "List groups."),
    "members": ("hongyan.cli.lists:members", "List the members of a group."),
    "people": ("hongyan.cli.people:people", "Say who is who after a new login."),
    "archive": ("hongyan.cli.retention:archive", "Show and apply what is kept of each chat."),
    "history": ("hongyan.cli.archive:history", "Print the messages of a chat."),
    "search": ("hongyan.cli.archive:search", "Find messages by what they say."),
    "export": ("hongyan.cli.carry:export", "Write the archive as JSON Lines, Markdown, HTML or mbox."),
    "import": ("hongyan.cli.carry:import_", "Read an export back."),
    "forget": ("hongyan.cli.forget:forget", "Delete a profile from this machine."),
    "emulate": ("hongyan.cli.emulate:emulate", "Run the emulator of the service."),
    "say": ("hongyan.cli.say:say", "Write as somebody of a running emulator."),
    "decode": ("hongyan.cli.decode:decode", "Read raw payloads and print our events as JSON."),
    "explain": ("hongyan.cli.explain:explain", "Say what a code of the service means."),
    "keys": ("hongyan.cli.keys:keys", "List the keys of the full screen, check or probe them."),
    "completion": ("hongyan.cli.completion:completion", "Complete commands and options in bash, zsh, fish."),
    "doctor": ("hongyan.cli.doctor:doctor", "Look for what is wrong with this machine or profile."),
}


_HELP: Final = """\
Usage: hongyan COMMAND [OPTIONS] [ARGS]...

  Hongyan: Web WeChat in the terminal, as a robot, and as an emulator to try
  both. Without a server of your own, start with: hongyan demo

Options:
  -V, --version  Show the version and exit.
  -h, --help     Show this message and exit; hongyan COMMAND -h says more.

Commands:
"""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with one of ``errors.EXIT_CODES``."""
    from hongyan.cli.signals import end_without_a_word

    if arguments is None:  # the process is ours
        end_without_a_word()
    from hongyan.cli.streams import open_missing

    open_missing()
    sys.exit(_run(list(sys.argv[1:] if arguments is None else arguments) or ["--help"]))


def load(name: str) -> click.Command:
    """Import the command called ``name`` (a key of ``COMMANDS``)."""
    from importlib import import_module

    module, _, attribute = COMMANDS[name][0].partition(":")
    command: click.Command = getattr(import_module(module), attribute)
    return command


def _run(words: list[str]) -> int:
    name, *rest = words
    if question := os.environ.get("_HONGYAN_COMPLETE"):
        from hongyan.cli.completion import answer

        return answer(question)
    if name in {"-h", "--help", "help"}:
        return _say(_HELP + "".join(f"  {command:<10} {text}\n" for command, (_, text) in COMMANDS.items()))
    if name in {"-V", "--version"}:
        return _say(f"hongyan {__version__}\n")
    if name not in COMMANDS:
        return _say_unknown(words)
    from hongyan.cli.boundary import run_command

    return run_command(lambda: load(name), name, rest)


def _say(text: str) -> int:
    from hongyan.cli.streams import flush, is_gone

    try:
        sys.stdout.write(text)
        flush()
    except OSError as problem:
        if is_gone(problem):
            return 141
        sys.stderr.write(f"hongyan: {problem.strerror}\n")
        return 9
    return 0


def _say_unknown(words: list[str]) -> int:
    name = words[0]
    if name.startswith("-"):
        from hongyan.cli.exits import report
        from hongyan.cli.placing import misplaced

        problem = misplaced(words, COMMANDS, load)
        report(problem, as_json=not {"--json", "-j"}.isdisjoint(words))
        return problem.exit_code
    from difflib import get_close_matches

    near = get_close_matches(name, COMMANDS, n=1)
    hint = f"Did you mean {near[0]}?" if near else "See: hongyan --help"
    sys.stderr.write(f"hongyan: there is no command {name!r}\n  {hint}\n")
    return 2
