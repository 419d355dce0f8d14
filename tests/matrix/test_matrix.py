"""Every command under every circumstance: no traceback, a true exit code, nothing sent twice, a terminal as before.

The commands come from the command line's own table, so a new one is in here by itself.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import click
import pytest

from hongyan.cli.commands import COMMANDS, load

from .cells import Cell, complaint
from .circumstances import CIRCUMSTANCES, Impossible
from .lines import LINES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .cells import Setting

_AT_ONCE = 4  # cells of one command; most of their time they wait


def _commands() -> Iterator[str]:
    """Yield every command and every word below one, as they are typed."""
    for name in COMMANDS:
        command = load(name)
        below = command.commands if isinstance(command, click.Group) else {}
        yield from (f"{name} {word}" for word in below)
        if not below or (isinstance(command, click.Group) and command.invoke_without_command):
            yield name


@pytest.mark.parametrize("command", list(_commands()))
def test_every_command_has_a_line(command: str) -> None:
    """A command that is new wants a line in ``lines.py``, and goes through all circumstances from then on."""
    assert any(f"{line.words} ".startswith(f"{command} ") for line in LINES.values())


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", LINES)
def test_no_circumstance_upsets_a_command(
    name: str, setting: Setting, own_setting: Callable[[], Setting], tmp_path: Path
) -> None:
    """Whatever the machine is like: a true exit code, no traceback, and each message at most once."""
    if LINES[name].alone:
        setting = own_setting()
    chosen = [each for each in CIRCUMSTANCES if LINES[name].everywhere or CIRCUMSTANCES[each].for_all]

    def outcome(number: int) -> str:
        text = f"hello-{number}-{os.getpid()}-{list(LINES).index(name)}"
        cell = Cell(setting, LINES[name], os.fsencode(tmp_path / f"cell{number}"), text)
        return _outcome(cell, chosen[number])

    with ThreadPoolExecutor(1 if LINES[name].alone else _AT_ONCE) as pool:
        wrong = [told for told in pool.map(outcome, range(len(chosen))) if told]
    assert not wrong, "\n\n".join(wrong)


def _outcome(cell: Cell, circumstance: str) -> str:
    """Return what was wrong in a cell, or nothing."""
    cell.prepare()
    try:
        runs = list(CIRCUMSTANCES[circumstance].run(cell))
    except Impossible:
        return ""  # the test below says so
    except (AssertionError, OSError) as wrong:
        return f"{circumstance}: {wrong}"
    for ran, codes in runs:
        if told := complaint(ran):
            return f"{circumstance}: {told.decode(errors='replace')}"
        if ran.code not in codes:
            return (
                f"{circumstance}: exit code {ran.code}, not in {codes}: {ran.out[-300:]!r} {ran.err[-900:]!r}"
            )
    arrived = cell.setting.arrived(cell.text)
    if arrived > 1:
        return f"{circumstance}: sent {arrived} times"
    if (
        cell.line.sends
        and runs[-1][0].code == 0
        and len(runs) == 1
        and CIRCUMSTANCES[circumstance].hears
        and not arrived
    ):
        return f"{circumstance}: exit code 0, and nothing was sent"
    return ""


@pytest.mark.parametrize("circumstance", CIRCUMSTANCES)
def test_no_circumstance_but_those_skipped_is_impossible_here(circumstance: str) -> None:
    """Or it is skipped with the reason, so that a run says what it left out on this machine."""
    try:
        CIRCUMSTANCES[circumstance].require()
    except Impossible as problem:
        reason = str(problem)
        assert reason, "a circumstance that is left out says why"
        pytest.skip(reason)
