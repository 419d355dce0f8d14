"""File names from the wire are hostile; writing is all or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.files.private_files import free_path, replace_file, safe_name

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("hostile", "plain"),
    [
        ("报告.pdf", "报告.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/", "file"),
        ("..", "file"),
        ("", "file"),
        ("CON.txt", "_CON.txt"),
        ("nul", "_nul"),
        ("a\x00b\x1b[2Jc.txt", "ab[2Jc.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("trailing. . ", "trailing"),
        ('what?<>:"|*.txt', "what_______.txt"),
        (".hidden", "hidden"),
    ],
)
def test_a_hostile_name_becomes_a_plain_one(hostile: str, plain: str) -> None:
    """Path parts, device names, control and direction characters are gone."""
    assert safe_name(hostile) == plain


@given(st.text(max_size=300))
def test_no_name_leaves_its_folder(name: str) -> None:
    """Whatever the wire says, the result is one short component."""
    plain = safe_name(name)
    assert plain not in {"", ".", ".."}
    assert not set("/\\\0\n\r") & set(plain)
    assert len(plain.encode()) <= 241
    assert plain == plain.strip(" .")


def test_a_long_name_keeps_its_ending() -> None:
    """The ending says what the file is."""
    assert safe_name("长" * 200 + ".pdf").endswith("长.pdf")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A taken name gets a number."""
    first, second = free_path(tmp_path, "a.txt"), free_path(tmp_path, "a.txt")
    assert (first.name, second.name) == ("a.txt", "a (2).txt")


def test_a_file_is_replaced_whole_and_private(tmp_path: Path) -> None:
    """No leftovers, and nobody else may read it."""
    path = tmp_path / "x.json"
    replace_file(path, b"one")
    replace_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk costs the new content, not the old."""
    path = tmp_path / "x.json"
    replace_file(path, b"one")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace_file(path, b"two")
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]
