"""``hongyan keys`` shows what is in force and finds what is wrong with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from hongyan.cli import load
from hongyan.terminal.full.actions import ACTIONS
from hongyan.terminal.full.keymap import load_keys
from hongyan.terminal.full.probe import Probe
from hongyan.terminal.full.settings import TerminalSettings
from hongyan.terminal.words import Language

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of a person's settings."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = tmp_path / "hongyan" / "settings.toml"
    path.parent.mkdir()
    return path


def run(*arguments: str) -> tuple[int, str]:
    """Return the exit code and the output of ``hongyan keys``."""
    result = CliRunner().invoke(load("keys"), [*arguments], standalone_mode=False)
    return result.return_value if result.exception is None else 2, result.output


def test_every_action_is_shown_with_its_keys(settings: Path) -> None:
    """In the language that is asked for, and as JSON."""
    code, out = run("--lang", "en")
    assert code == 0
    assert all(action.id in out for action in ACTIONS)
    assert "Ctrl+K" in out
    code, out = run("--json", "--preset", "vim")
    told = {value["id"]: value["keys"] for value in map(json.loads, out.splitlines())}
    assert told["messages.recall"] == ["d d"]


def test_conflicts_end_with_two(settings: Path) -> None:
    """Of the settings; the presets have none."""
    assert run("--check") == (0, "no conflicts\n")
    settings.write_text('[terminal.keymap]\n"messages.copy" = "r"\n', "utf-8")
    code, out = run("--check")
    assert code == 2
    assert "does two things: r (messages): messages.reply, messages.copy" in out


def test_a_wrong_id_is_told_with_the_nearest(settings: Path) -> None:
    """And nothing else is shown."""
    settings.write_text('[terminal.keymap]\n"messages.coyp" = "r"\n', "utf-8")
    code, out = run()
    assert code == 2
    assert "messages.coyp" in out
    assert "Did you mean messages.copy?" in out


async def test_the_probe_names_keys_and_what_they_do() -> None:
    """Esc twice ends it."""
    app = Probe(load_keys(TerminalSettings()), Language.EN)
    async with app.run_test() as pilot:
        await pilot.press("ctrl+k", "alt+a")
        await pilot.pause()
        assert app.told("ctrl+k") == "ctrl+k   app: chat.go-to (go to a chat)"
        await pilot.press("escape", "escape")
    assert app.return_value == 0
