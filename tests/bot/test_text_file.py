"""Small files that an operator names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hongyan.bot.text_file import read_secret, read_text_file
from hongyan.errors import UsageError


def test_a_file_is_read_whatever_editor_wrote_it(tmp_path: Path) -> None:
    """The mark that some put at its beginning is no text."""
    path = tmp_path / "rules.toml"
    path.write_bytes("\ufeff鸿雁\n".encode())
    assert read_text_file(path, "") == "鸿雁\n"


def test_a_file_may_have_a_mebibyte(tmp_path: Path) -> None:
    """A device without an end is not read to its end."""
    path = tmp_path / "long"
    path.write_bytes(b"x" * (1 << 20))
    assert len(read_text_file(path, "")) == 1 << 20
    for endless in (path, Path("/dev/zero")):
        if endless == path:
            path.write_bytes(b"x" * ((1 << 20) + 1))
        with pytest.raises(UsageError, match="longer than 1048576 bytes"):
            read_text_file(endless, "")


def test_what_cannot_be_read_is_named_with_what_to_do(tmp_path: Path) -> None:
    """Nothing there, a folder, no text."""
    path = tmp_path / "file"
    for place in (path, tmp_path):
        with pytest.raises(UsageError, match=f"{place}: cannot be read: ") as refused:
            read_text_file(place, "Write it.")
        assert refused.value.advice == "Write it."
    path.write_bytes(b"ab\xff")
    with pytest.raises(UsageError, match="not UTF-8 at byte 2"):
        read_text_file(path, "")


def test_a_secret_is_what_stands_in_its_file(tmp_path: Path) -> None:
    """Without the line's end; an empty one would sign nothing."""
    path = tmp_path / "secret"
    path.write_text(f"canary{os.linesep}")
    assert read_secret(path) == "canary"
    assert read_secret(None) == ""
    path.write_text(" \n")
    with pytest.raises(UsageError, match="holds no secret"):
        read_secret(path)
