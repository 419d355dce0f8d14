"""Reports of the program's own faults: once per kind, without anything that was read or written."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from hongyan import reports

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "@crypt_f00d 老王说的话"


def faulty(held: str) -> None:
    text = {"skey": held}
    int(text["skey"])


def caught(work: Any, *arguments: Any) -> BaseException:
    with pytest.raises(BaseException) as fault:
        work(*arguments)
    return fault.value


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Path:
    reports.forget_reported()
    reports.keep_in(tmp_path / "reports")
    return tmp_path / "reports"


def test_a_report_says_where_and_nothing_that_the_program_held(folder: Path) -> None:
    path = reports.note(caught(faulty, SECRET), doing="reading a batch")
    assert path is not None
    text = path.read_text("utf-8")
    assert "ValueError" in text
    assert "test_reports.py" in text
    assert "while reading a batch" in text
    assert "crypt" not in text
    assert "老王" not in text
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "kind", [ValueError, KeyError, TypeError, UnicodeError, AssertionError, RuntimeError, LookupError]
)
def test_no_kind_that_quotes_data_is_quoted(kind: type[Exception]) -> None:
    def raises() -> None:
        raise kind(SECRET)

    assert SECRET not in reports.text_of(caught(raises), doing="a test")


def test_the_causes_and_the_members_of_a_group_are_told_without_their_words() -> None:
    def raises() -> None:
        try:
            faulty(SECRET)
        except ValueError as error:
            raise BaseExceptionGroup(SECRET, [KeyError(SECRET), OSError(28, SECRET, SECRET)]) from error

    text = reports.text_of(caught(raises), doing="a test")
    assert all(name in text for name in ("ExceptionGroup", "KeyError", "No space left", "ValueError"))
    assert SECRET not in text


def test_the_same_fault_is_told_once_and_another_again(
    caplog: pytest.LogCaptureFixture, folder: Path
) -> None:
    with caplog.at_level(logging.ERROR):
        paths = {reports.note(caught(faulty, f"x{n}"), doing="a test") for n in range(5)}
        reports.note(caught({}.__getitem__, "y"), doing="a test")
    assert len(paths) == 1
    assert len(caplog.records) == 2
    assert len(list(folder.iterdir())) == 2
    assert SECRET not in caplog.text


def test_a_circle_of_causes_ends() -> None:
    one, two = ValueError("a"), ValueError("b")
    one.__cause__, two.__cause__ = two, one
    assert reports.text_of(one, doing="a test").count("ValueError") == 2


def test_where_no_file_can_be_written_nothing_raises(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    reports.keep_in(tmp_path / "file" / "reports")
    assert reports.note(caught(faulty, "x"), doing="a test") is None
    assert "no report could be written" in caplog.text


def test_a_folder_of_reports_does_not_grow_without_end(folder: Path) -> None:
    folder.mkdir()
    for n in range(100):
        (folder / f"fault-{n:08}.txt").write_text("old")
    reports.note(caught(faulty, "x"), doing="a test")
    assert len(list(folder.iterdir())) == 40
