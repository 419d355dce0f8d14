"""The command line: which commands there are and how an error becomes an exit code; each command lives in its own file.

Only the table below is read at start-up, so that ``hongyan --help`` loads nothing but click. A command's module is
imported when the command runs.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final, NoReturn

import click

from hongyan import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COMMANDS", "cli", "main"]

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "demo": ("hongyan.cli.demo:demo", "Try everything on the emulator, without an account."),
    "login": ("hongyan.cli.login:login", "Log in by scanning a QR code."),
    "logout": ("hongyan.cli.login:logout", "End the login of a profile."),
    "chat": ("hongyan.cli.chat:chat", "Chat in the terminal."),
    "bot": ("hongyan.cli.bot:bot", "Run a bot: hongyan bot MODULE:APP."),
    "send": ("hongyan.cli.send:send", "Send one text or file and say what became of it."),
    "chats": ("hongyan.cli.lists:chats", "List chats, latest first."),
    "contacts": ("hongyan.cli.lists:contacts", "List friends and accounts."),
    "groups": ("hongyan.cli.lists:groups", "List groups."),
    "members": ("hongyan.cli.lists:members", "List the members of a group."),
    "emulate": ("hongyan.cli.emulate:emulate", "Run the emulator of the service."),
    "decode": ("hongyan.cli.decode:decode", "Read raw payloads and print our events as JSON."),
    "explain": ("hongyan.cli.explain:explain", "Say what a code of the service means."),
    "doctor": ("hongyan.cli.doctor:doctor", "Look for what is wrong with this machine or profile."),
}


class _Commands(click.Group):
    """A group whose commands are imported when they run, and whose help needs the table only."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # as above
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # as above
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """Hongyan: Web WeChat in the terminal, as a robot, and as an emulator to try both.

    Without a server of your own, start with: hongyan demo
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 ok, 2 usage, 3 not logged in, 4 no such chat, 5 ambiguous name,

    6 refused by the server, 7 too fast, 8 no answer, 130 interrupted.
    """
    try:
        code = cli.main(
            args=None if arguments is None else list(arguments), prog_name="hongyan", standalone_mode=False
        )
    except click.exceptions.Abort:
        sys.exit(130)
    except KeyboardInterrupt:
        sys.exit(130)
    except click.ClickException as problem:
        problem.show()
        sys.exit(problem.exit_code)
    except BrokenPipeError:
        _leave_pipe()
    except Exception as problem:  # noqa: BLE001  # the tree of errors is imported only where one is at hand
        _leave_with(problem)
    sys.exit(code if isinstance(code, int) else 0)


def _leave_with(problem: Exception) -> NoReturn:
    """Report an error of ours in a sentence; let any other through as the fault it is."""
    from hongyan.cli.exits import exit_code, report
    from hongyan.errors import HongyanError

    if not isinstance(problem, HongyanError):
        raise problem
    report(problem)
    sys.exit(exit_code(problem))


def _leave_pipe() -> NoReturn:
    """End quietly when the reader of our output has gone (``hongyan chats | head``)."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)
