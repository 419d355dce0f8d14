"""Single settings changed in a person's own file: everything else in it stays, to the letter."""

from __future__ import annotations

import os
import stat
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.errors import UsageError
from hongyan.terminal.full.settings.settings_file import change

OWN = """\
# my own settings
profile = "work"   # not the private one

# how it looks
[terminal]
theme = 'mono'     # easy on the eyes
hold = 3.0
picture_size = [
  20, # columns
  8,
]

[terminal.keymap]
"chat.next-unread" = "alt+q" # by habit

[media]
auto = "none"
"""


def changed(folder: Path, text: str, changes: dict[str, Any]) -> str:
    """Return what becomes of a file."""
    file = folder / "settings.toml"
    file.write_text(text, "utf-8", newline="")
    change(file, changes)
    assert [p.name for p in folder.iterdir()] == ["settings.toml"]  # nothing is left beside it
    return file.read_bytes().decode()


def test_a_value_is_changed_where_it_stands(tmp_path: Path) -> None:
    """With its comment; nothing else moves."""
    assert changed(tmp_path, OWN, {"terminal.theme": "wechat-light", "terminal.hold": 0.5}) == OWN.replace(
        "'mono'", '"wechat-light"'
    ).replace("3.0", "0.5")


def test_a_new_value_goes_into_its_table(tmp_path: Path) -> None:
    """And a key into the key map, by an id with a dot in it."""
    text = changed(tmp_path, OWN, {"terminal.mouse": False, "terminal.keymap.app.log": "f11"})
    told = tomllib.loads(text)
    assert told["terminal"]["mouse"] is False
    assert told["terminal"]["keymap"] == {"chat.next-unread": "alt+q", "app.log": "f11"}
    assert [line for line in OWN.splitlines() if line not in text.splitlines()] == []


def test_none_takes_a_value_away(tmp_path: Path) -> None:
    """One that is not there too; no table is made for it."""
    text = changed(
        tmp_path, OWN, {"terminal.keymap.chat.next-unread": None, "terminal.notify.quiet": None, "x.y": None}
    )
    assert tomllib.loads(text)["terminal"]["keymap"] == {}
    assert "notify" not in text
    assert "[x]" not in text
    assert "# easy on the eyes" in text


def test_a_missing_file_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    """With the folders that it needs."""
    file = tmp_path / "config" / "hongyan" / "settings.toml"
    change(file, {"terminal.notify.quiet": "23:00-07:00"})
    assert tomllib.loads(file.read_text())["terminal"]["notify"] == {"quiet": "23:00-07:00"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_who_may_read_the_file_and_where_it_lies_stay(tmp_path: Path) -> None:
    """People keep such files in a folder of their own and link to them."""
    real = tmp_path / "dotfiles" / "hongyan.toml"
    real.parent.mkdir()
    real.write_text(OWN)
    real.chmod(0o640)
    link = tmp_path / "settings.toml"
    link.symlink_to(real)
    change(link, {"terminal.theme": "gruvbox"})
    assert link.is_symlink()
    assert 'theme = "gruvbox"' in real.read_text()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_line_ends_of_another_system_stay(tmp_path: Path) -> None:
    """None of the lines that were there is written anew."""
    text = changed(tmp_path, OWN.replace("\n", "\r\n"), {"terminal.theme": "gruvbox"})
    assert text == OWN.replace("\n", "\r\n").replace("'mono'", '"gruvbox"')


@pytest.mark.parametrize(
    "text",
    [
        "[terminal\ntheme = 1",
        'terminal = "no table"',
        "[terminal]\nkeymap = 3",
        "[[terminal]]\n",
        "a = 1\na = 2",
        "terminal.mouse = false\nprofile = 'a'\n",  # right, but the library would put the profile into the new table
    ],
)
def test_a_file_that_is_wrong_is_left_alone(tmp_path: Path, text: str) -> None:
    """And that is told, with what to do."""
    file = tmp_path / "settings.toml"
    file.write_text(text)
    with pytest.raises(UsageError, match=r"settings\.toml cannot be changed") as told:
        change(file, {"terminal.keymap.app.log": "f11"})
    assert told.value.advice
    assert file.read_text() == text
    assert [p.name for p in tmp_path.iterdir()] == ["settings.toml"]


def test_bytes_that_are_no_text_are_left_alone(tmp_path: Path) -> None:
    """Whatever they are."""
    file = tmp_path / "settings.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError):
        change(file, {"terminal.theme": "mono"})
    assert file.read_bytes() == b"\xff\xfe\x00"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """As an error of ours."""
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError):
        change(tmp_path / "settings.toml", {"terminal.theme": "mono"})


_NAMES = st.sampled_from(["theme", "hold", "mouse", "times", "notify.quiet", "notify.by", "notify.bell"]) | (
    st.sampled_from(["keymap.app.log", "keymap.chat.1", "keymap.messages.up"])
)


_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


_VALUES = (
    st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False)
    | _TEXTS
    | st.lists(_TEXTS, max_size=3)
    | st.tuples(st.integers(0, 99), st.integers(0, 99))
    | st.dictionaries(st.sampled_from(["private", "group"]), _TEXTS, max_size=2)
)


_LINES = st.lists(
    st.sampled_from(
        [
            "# 中文注释",
            "",
            "grace = 5 # seconds",
            "[media] # files",
            "[terminal] # the screen",
            "theme = 'mono' # dark",
            "hold=1.5",
            "[terminal.notify]",
            "quiet = '''23:00-07:00'''",
            'by = ["osc", # first\n  "desktop"]',
            "terminal.mouse = false",
            'terminal.notify.quiet = ""',
            "[terminal.keymap]",
            "'app.log' = \"f9\" # as ever",
            "notify = { bell = true } # short",
            "keymap = {}",
        ]
    ),
    max_size=14,
)


def _comments(text: str) -> list[str]:
    return sorted(part for line in text.splitlines() if "#" in line for part in [line[line.index("#") :]])


@settings(max_examples=150, deadline=None)
@given(_LINES, st.dictionaries(_NAMES, _VALUES | st.none(), min_size=1, max_size=4))
def test_whatever_is_in_a_file_only_what_is_changed_changes(
    lines: list[str], changes: dict[str, Any]
) -> None:
    """Or nothing at all, where that cannot be; the comments of what stays are all there."""
    text = "\n".join(lines) + "\n"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "settings.toml"
        file.write_text(text, "utf-8")
        try:
            before = tomllib.loads(text)
            change(file, {f"terminal.{name}": value for name, value in changes.items()})
        except (tomllib.TOMLDecodeError, UsageError):
            assert file.read_text("utf-8") == text
            return
        after = tomllib.loads(file.read_text("utf-8"))
        for name, value in changes.items():
            _put(before, name, value)
        assert after == before
        if None not in changes.values():
            kept = _comments(file.read_text("utf-8"))
            lost = [c for c in _comments(text) if c not in kept]
            assert set(lost) <= {"# first"}  # inside of a list that was replaced


def _put(table: dict[str, Any], name: str, value: Any) -> None:
    head, found, action = name.partition("keymap.")
    parts = ["keymap", action] if found else head.split(".")
    place = table if value is None and "terminal" not in table else table.setdefault("terminal", {})
    for part in parts[:-1]:
        if value is None and part not in place:
            return
        place = place.setdefault(part, {})
    if value is None:
        place.pop(parts[-1], None)
    else:
        place[parts[-1]] = list(value) if isinstance(value, tuple) else value


def test_settings_keep_their_comments_and_order(tmp_path: Path) -> None:
    """A table is made where it is missing; the file is its owner's; a broken one is left alone."""
    path = tmp_path / "d" / "settings.toml"
    change(path, {"terminal.theme": "mono"})
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text(
        '# top\nserver = "official" # risky\n\n[terminal] # looks\ntheme = "mono" # plain\n', "utf-8"
    )
    change(
        path,
        {
            "terminal.theme": "gruvbox",
            "terminal.keymap.chat.next-unread": "f11",
            "terminal.notify.bell": False,
        },
    )
    text = path.read_text("utf-8")
    assert all(comment in text for comment in ("# top", "# risky", "# looks", "# plain"))
    read = tomllib.loads(text)
    assert read["terminal"]["keymap"] == {"chat.next-unread": "f11"}
    assert (read["terminal"]["theme"], read["terminal"]["notify"]["bell"]) == ("gruvbox", False)
    change(path, {"terminal.keymap.chat.next-unread": None})
    assert tomllib.loads(path.read_text("utf-8"))["terminal"]["keymap"] == {}
    path.write_text("broken = = 1", "utf-8")
    with pytest.raises(UsageError):
        change(path, {"terminal.theme": "mono"})
    assert path.read_text("utf-8") == "broken = = 1"
