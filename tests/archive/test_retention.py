"""``hongyan archive`` on a profile: shown, applied, exported, and read back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from hongyan.cli.archive import history
from hongyan.cli.export_import import export, import_
from hongyan.cli.retention import archive

from .test_export_import import EVIL, _run, home

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["home"]  # a fixture

NAME = f"Alice{EVIL}"


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the settings file that the command line reads."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    file = tmp_path / "config" / "hongyan" / "settings.toml"
    file.parent.mkdir(parents=True)
    return file


def test_what_is_kept_is_shown_and_what_is_not_is_removed(home: Path, rules: Path, tmp_path: Path) -> None:
    """Without a rule nothing goes; a chat that is not to be kept is empty afterwards, and its files are gone."""
    before = _run(history, NAME, home=home).output
    assert "picture" in before
    (line,) = [line for line in _run(archive, home=home).output.splitlines() if "Alice" in line]
    assert "keep forever" in line
    assert json.loads(_run(archive, "--apply", "--json", home=home).output)["rows"] == 0
    assert _run(history, NAME, home=home).output == before
    rules.write_text(f"[archive.chats.'{NAME}']\nkeep = 'off'\n", "utf-8")
    told = json.loads(_run(archive, "--json", home=home).output.splitlines()[-1])
    assert (told["keep"], told["due"] > 0) == ("off", True)
    assert json.loads(_run(archive, "--apply", "--json", home=home).output)["rows"] == told["due"]
    assert "你好" not in _run(history, NAME, home=home).output
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    assert _run(export, "--out", str(one), home=home).exit_code == 0
    assert "再见" not in one.read_text("utf-8")
    copy = tmp_path / "copy"
    assert _run(import_, str(one), home=copy).exit_code == 0
    assert _run(export, "--out", str(two), home=copy).exit_code == 0
    assert one.read_bytes() == two.read_bytes()


def test_every_line_is_of_a_chat(home: Path) -> None:
    """The rows that the program writes for itself are no chat without a name."""
    values = [json.loads(line) for line in _run(archive, "--json", home=home).output.splitlines()]
    assert values
    assert all(value["chat"]["key"] and value["chat"]["name"] for value in values)
    assert not any(line.startswith(" ") for line in _run(archive, home=home).output.splitlines())


def test_a_reader_can_be_forgotten(home: Path) -> None:
    """One that is not known is said to be so."""
    assert "was not known" in _run(archive, "--forget-reader", "nobody", home=home).output
