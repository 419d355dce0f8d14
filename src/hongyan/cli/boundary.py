"""The one place where a command's outcome becomes an exit code and an error a sentence; independent of commands."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Final

import click

from hongyan.cli.limits import too_little
from hongyan.cli.signals import at_work
from hongyan.cli.streams import flush, is_gone, is_lost, lost_words, settle, typed_text
from hongyan.errors import HongyanError, InternalError, StorageError, UsageError, single
from hongyan.terminal.addressed import use_address

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["FAULT", "INTERRUPTED", "PIPE", "dressed", "run_command"]

FAULT: Final = InternalError.exit_code
INTERRUPTED: Final = 130
PIPE: Final = 141  # as a program that SIGPIPE ended

_MAY_BE_EMPTY: Final = {"--proxy", "--ca", "--transcript"}  # empty means: none, whatever is in the settings


def run_command(load: Callable[[], click.Command], name: str, arguments: Sequence[str]) -> int:
    """Run a command to its end, print its error, and return the exit code; never a traceback."""
    as_json = not {"--json", "-j"}.isdisjoint(arguments)
    use_address({})  # a command before this one in the same process may have named another profile
    settle(as_json=as_json or _prints_json(name, arguments))
    try:
        code = _invoked(load, name, arguments)
        flush()
    except Exception as problem:  # noqa: BLE001  # this is the net under everything
        code = _report_error(_placed(problem, arguments), as_json=as_json)
    except (KeyboardInterrupt, SystemExit) as end:
        code = _code_of(end)
    except BaseException as problem:  # noqa: BLE001  # an unexpected cancellation, or a library's own exception
        code = _report_fault(problem, as_json=as_json)
    try:
        flush()
    except OSError as problem:
        return code or (PIPE if is_gone(problem) else StorageError.exit_code)
    return code


def _invoked(load: Callable[[], click.Command], name: str, arguments: Sequence[str]) -> int:
    """Run a command without click's own ideas of what to print and how to end."""
    _require_values(arguments)
    command = dressed(load())
    with at_work(), command.make_context(f"hongyan {name}", list(arguments)) as context:
        code = command.invoke(context)
    return code if isinstance(code, int) else 0


def _require_values(arguments: Sequence[str]) -> None:
    """Refuse empty words: in a script that is a variable that was not set, and it would mean anything or all."""
    for before, word in zip(("", *arguments), arguments, strict=False):
        option, is_whole, value = word.partition("=")
        if is_whole and not value and option.startswith("--"):
            before = option  # noqa: PLW2901  # --option= is --option ""
        elif word:
            continue
        if before not in _MAY_BE_EMPTY:
            where = f"what follows {before}" if before.startswith("-") and before != "--" else "a word"
            raise UsageError(
                f"{where} is empty", "If it comes from a variable of a script, the variable is empty."
            )


def _prints_json(name: str, arguments: Sequence[str]) -> bool:
    return name == "decode" or "--format=json" in arguments or {"--format", "json"} <= set(arguments)


def _code_of(end: KeyboardInterrupt | SystemExit) -> int:
    """Return the code of a SystemExit; the text of ``sys.exit("words")`` is printed, as Python does."""
    if isinstance(end, SystemExit):
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        click.echo(str(end.code), err=True)
        return 1
    return INTERRUPTED


def _report_error(problem: Exception, *, as_json: bool) -> int:
    """Print the error in one sentence and return its exit code."""
    from hongyan.cli.exit_codes import report

    problem = single(problem)
    if not isinstance(problem, HongyanError):
        problem = too_little(problem) or problem
    if isinstance(problem, click.exceptions.Exit):
        return problem.exit_code
    if isinstance(problem, (click.exceptions.Abort, EOFError)):
        return INTERRUPTED
    if isinstance(problem, click.ClickException):
        problem = _usage(problem)
    if isinstance(problem, HongyanError):
        report(problem, as_json=as_json)
        return problem.exit_code
    if isinstance(problem, OSError) and is_gone(problem):
        return PIPE
    if isinstance(problem, OSError) and is_lost(problem):
        problem = StorageError(*lost_words(problem))
        report(problem, as_json=as_json)
        return problem.exit_code
    if isinstance(problem, OSError) and problem.strerror:
        where = f"{problem.filename}: " if problem.filename else ""
        problem = StorageError(f"{where}{problem.strerror}")
        report(problem, as_json=as_json)
        return problem.exit_code
    return _report_fault(problem, as_json=as_json)


def _placed(problem: Exception, arguments: Sequence[str]) -> Exception:
    """Return a usage error of a group as one about the option that stands before the subcommand."""
    context = problem.ctx if isinstance(problem, click.UsageError) else None
    if context is None or not isinstance(context.command, click.Group):
        return problem
    from hongyan.cli.placing import misplaced_in_group

    return misplaced_in_group(context.command_path, arguments, context.command) or problem


def _usage(problem: click.ClickException) -> UsageError:
    context = problem.ctx if isinstance(problem, click.UsageError) else None
    message = " ".join(problem.format_message().split())
    return UsageError(message, f"See: {context.command_path} --help" if context is not None else "")


def _report_fault(problem: BaseException, *, as_json: bool) -> int:
    """Report a fault of ours, without any data of the program, and print where the report is."""
    from hongyan import reports

    path = reports.note(problem, doing="running a command", log=False)  # its message is printed here instead
    kind = type(problem).__name__
    if as_json:
        values = {"code": "fault", "message": f"a fault of Hongyan's own ({kind})", "report": str(path or "")}
        sys.stderr.write(json.dumps({"error": values}) + "\n")
    else:
        where = (
            f"please report it with {path}, which holds no message and no key" if path else "please report it"
        )
        sys.stderr.write(f"hongyan: this is a fault of Hongyan's own ({kind}); {where}\n")
    return FAULT


# -- what all commands share


def dressed(command: click.Command) -> click.Command:
    """Give a command and its subcommands their common parts: ``-h``, and texts that are valid, whatever bytes were typed."""
    command.context_settings.setdefault("help_option_names", ["-h", "--help"])
    for param in command.params:
        if type(param.type) is type(click.STRING):
            param.type = _TEXT
    if isinstance(command, click.Group):
        for below in command.commands.values():
            dressed(below)
    return command


class _Text(click.ParamType[str]):
    """A text as it was typed. The system passes bytes; those that are not text are refused, not sent mutilated."""

    name = "text"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text: the bytes that were typed, read as UTF-8 where they are that, else as the locale has it."""
        import os

        if value.isascii():
            return value
        try:
            return typed_text(os.fsencode(value))
        except ValueError:
            self.fail("these bytes are not text, neither UTF-8 nor what the locale says", param, ctx)


_TEXT: Final = _Text()
