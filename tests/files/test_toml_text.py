"""TOML that nobody would write: an error in words for each reader, never a fault of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.bot.rules_file import parse_rules
from hongyan.errors import UsageError
from hongyan.files.toml_text import read_toml
from hongyan.settings import load_settings
from hongyan.terminal.full.settings.settings_file import change
from hongyan.terminal.full.settings.themes import read_theme

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STRANGE = {
    "lists": "a = " + "[" * 100_000,
    "tables": "a = " + "{b = " * 100_000,
    "dots": ".".join(["a"] * 400) + " = 1",
    "very many dots": ".".join(["a"] * 50_000) + " = 1",
    "dots of a table": "[" + " . ".join(['"a"', "b"] * 25_000) + "]",
    "closed lists": "a = " + "[" * 200 + "]" * 200,
    "long": "#" * (1 << 20) + "\n",
}
READERS: dict[str, Callable[[Path], object]] = {
    "settings": load_settings,
    "changed settings": lambda path: change(path, {"profile": "x"}),
    "theme": read_theme,
    "rules": lambda path: parse_rules(path.read_text(), path.name, path.parent),
}


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_what_nobody_would_write_is_an_error_in_words(
    tmp_path: Path, read: Callable[[Path], object], text: str
) -> None:
    """However deep or long it is."""
    path = tmp_path / "strange.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match="strange"):
        read(path)
    assert path.read_text() == text


def test_what_people_write_is_read() -> None:
    """Also lists within tables within lists."""
    dots = "." * 50_000
    assert read_toml(
        f'a.b = "{dots}" # {dots}\nb = [{"1.5," * 100}]\nc = \'\'\'\n"{dots}\n\'\'\'\nd = """\\"{dots}"""'
    )["d"]
    assert read_toml("[a.b.c]\nd = [{e = [[1]]}]")["a"]["b"]["c"]["d"] == [{"e": [[1]]}]
