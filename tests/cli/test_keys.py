"""``hongyan keys``: the sheet of keys, what is wrong with them, and that a probe wants a terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from hongyan.cli import main
from hongyan.terminal.full.keys.default_keys import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Ran = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ran:
    """Return what runs the command with the settings of a file; exit code, output, errors."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def run(*arguments: str, settings: str = "") -> tuple[int, str, str]:
        file = tmp_path / "hongyan" / "settings.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(settings, "utf-8")
        with pytest.raises(SystemExit) as left:
            main(("keys", *arguments))
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    return run


def test_the_sheet_names_every_action_with_its_keys(ran: Ran) -> None:
    """As they are in force, by where they act; an action without a key is there too."""
    code, out, err = ran(settings='[terminal]\nkeymap = {"chat.go-to" = "Ctrl+G", "app.requests" = ""}')
    assert (code, err) == (0, "")
    rows = {line.split()[-1]: line for line in out.splitlines() if line.startswith("  ")}
    assert rows.keys() == {action.id for action in ACTIONS}
    assert "Ctrl+G" in rows["chat.go-to"]
    assert "(none)" in rows["app.requests"]
    assert [line for line in out.splitlines() if line[:1].strip()] == [
        *("Anywhere", "Entry", "Messages", "List of chats"),
    ]


def test_the_sheet_is_there_for_programs(ran: Ran) -> None:
    """One value a line, keys by the names that settings take."""
    code, out, _ = ran("--json", "--preset", "vim")
    values = {row["id"]: row for row in map(json.loads, out.splitlines())}
    assert code == 0
    assert values["messages.recall"]["keys"] == ["d d", "alt+d"]
    assert {row["schema"] for row in values.values()} == {1}


@pytest.mark.parametrize(
    ("lang", "told"), [("zh", "转到会话"), ("zh-TW", "前往聊天"), ("en", "go to a chat")]
)
def test_the_sheet_speaks_three_languages(ran: Ran, lang: str, told: str) -> None:
    """That of --lang, else that of the settings."""
    assert told in ran("--lang", lang)[1]
    assert told in ran(settings=f'[terminal]\nlanguage = "{lang}"')[1]


@pytest.mark.parametrize("preset", ["default", "vim", "emacs", "nchat"])
def test_presets_are_without_conflicts(ran: Ran, preset: str) -> None:
    """And that is said in words."""
    assert ran("--check", "--preset", preset) == (0, "no conflicts\n", "")
    assert ran("--check", settings=f'[terminal]\nkeys = "{preset}"') == (0, "no conflicts\n", "")


def test_check_tells_everything_that_is_wrong(ran: Ran) -> None:
    """Not only the first; the exit code is 2."""
    settings = """
    [terminal.keymap]
    "chat.nxet" = "alt+q"
    "app.log" = "f99"
    "messages.raw" = "y"
    "list.pin" = "ctrl+k"
    "app.stats" = "ctrl+enter"
    """
    code, out, _ = ran("--check", settings=settings)
    assert code == 2
    lines = out.splitlines()
    assert [line.split(":")[0] for line in lines] == [*["mistake"] * 4, "warning"]
    assert "Did you mean chat.next?" in lines[0]
    assert "there is no key 'f99' (of app.log)" in lines[1]
    assert "copy the text (messages.copy) and raw data (messages.raw)" in out
    assert "Ctrl+K does one thing in List of chats and another anywhere" in out
    assert "Ctrl+Enter is not told apart by every terminal" in lines[-1]


def test_a_warning_alone_is_no_mistake(ran: Ran) -> None:
    """A person may have a terminal that sends the key."""
    code, out, _ = ran("--check", "--json", settings='[terminal.keymap]\n"app.stats" = "ctrl+enter"')
    assert code == 0
    (finding,) = map(json.loads, out.splitlines())
    assert finding["kind"] == "unsendable"
    assert finding["grave"] is False
    assert finding["ids"] == ["app.stats"]


def test_settings_that_cannot_be_used_are_told(ran: Ran) -> None:
    """By the check as a mistake, by the sheet beside what is in force then."""
    broken = '[terminal]\nkeys = "ed"\n'
    code, out, _ = ran("--check", settings=broken)
    assert code == 2
    assert "terminal in settings.toml" in out
    code, out, err = ran(settings=broken)
    assert code == 0
    assert "Ctrl+K" in out
    assert "terminal in settings.toml" in err


def test_a_probe_wants_a_terminal(ran: Ran) -> None:
    """Where there is none nobody presses keys."""
    code, _, err = ran("--probe")
    assert code == 2
    assert "terminal" in err
    assert ran("--probe", "--check")[0] == 2
