"""What cannot be sent is refused before it is copied."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from hongyan.errors import UsageError
from hongyan.files.attachments import keep_copy

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("form", ["picture", "sticker"])
def test_no_picture_is_sent_as_none(tmp_path: Path, form: str) -> None:
    """Its first bytes say what it is; nothing is left behind."""
    (tmp_path / "a.png").write_bytes(b"#!/bin/sh")
    with pytest.raises(UsageError, match="not a picture"):
        keep_copy(tmp_path / "a.png", tmp_path, form)
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]


def test_a_limit_is_named_before_anything_is_read(tmp_path: Path) -> None:
    """A hole of 201 MiB is refused by its length."""
    with (tmp_path / "a.bin").open("wb") as file:
        file.truncate(201 << 20)
    with pytest.raises(UsageError, match="200 MiB"):
        keep_copy(tmp_path / "a.bin", tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["a.bin"]


def test_a_pipe_is_not_called_an_empty_file(tmp_path: Path) -> None:
    """`cat a | hongyan send ME --file /dev/stdin`: nobody waits for it, and what it is is said."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="a pipe or a device"):
        keep_copy(tmp_path / "pipe", tmp_path)
