"""Imports of files that are wrong anywhere: told with the line and what is wrong, and nothing is left behind."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from hongyan.archive.rows import COLUMNS, KINDS
from hongyan.cli.archive import history
from hongyan.cli.export_import import export, import_
from hongyan.store.dump import TABLES

from .test_export_import import _exported, home

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

__all__ = ["home"]

WRONG: tuple[Any, ...] = (
    None,
    "text",
    -1,
    1.5,
    [],
    {},
    True,
    1 << 70,
    float("inf"),
    "\ud800",
    "../../x",
    "x" * 2000,
)


def _run(command: object, *arguments: str, home: Path) -> Result:
    """Run a command as the program does, with its exit code as its value."""
    given = [*arguments, "--home", str(home), "--lang", "en"]
    return CliRunner().invoke(command, given, standalone_mode=False)  # type: ignore[arg-type]  # a command


def test_every_column_is_checked() -> None:
    """What is carried and what is checked are the same, in the same order."""
    assert {table: tuple(columns) for table, columns in TABLES.items()} == COLUMNS
    assert list(KINDS) == list(TABLES)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def _write(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.mark.parametrize("table", ["head", *TABLES])
def test_a_wrong_value_anywhere_leaves_no_profile(home: Path, tmp_path: Path, table: str) -> None:
    """Each column of each table with each kind of wrong value: refused by line before anything is written, or usable."""
    whole = _lines(_exported(home, "jsonl", tmp_path / "whole.jsonl"))
    if table == "alias":
        whole.insert(
            -1,
            {
                "table": "alias",
                "key": "ab",
                "canonical": "cd",
                "evidence": "",
                "confidence": 1.0,
                "made_at": 1.0,
            },
        )
        whole[-1]["rows"] += 1
    number = 0 if table == "head" else next(n for n, row in enumerate(whole) if row.get("table") == table)
    for column in [c for c in whole[number] if c not in {"table", "hongyan", "version"}]:
        for wrong in WRONG:
            lines = [dict(row) for row in whole]
            lines[number][column] = wrong
            file = _write(tmp_path / "wrong.jsonl", lines)
            new = tmp_path / "new"
            result = _run(import_, str(file), home=new)
            assert "Traceback" not in result.output
            if result.return_value in {0, None} and result.exception is None:
                assert _run(history, "x", home=new).exception is None
                for path in sorted(new.rglob("*"), reverse=True):
                    path.rmdir() if path.is_dir() else path.unlink()
                continue
            assert result.return_value == 2, (column, wrong, result.output)
            assert f"line {number + 1}" in result.output, (column, wrong, result.output)
            assert not (new / "default").exists(), (column, wrong)


@pytest.mark.parametrize("cut", [0, 1, 2, 5, -1])
def test_a_file_that_lacks_lines_leaves_no_profile(home: Path, tmp_path: Path, cut: int) -> None:
    """From empty to all but the end."""
    whole = _lines(_exported(home, "jsonl", tmp_path / "whole.jsonl"))
    file = _write(tmp_path / "cut.jsonl", whole[:cut])
    result = _run(import_, str(file), home=tmp_path / "new")
    assert result.return_value == 2
    assert not (tmp_path / "new" / "default").exists()


@pytest.mark.parametrize(
    "line", ["", "[", "null", "7", '"x"', "[" * 100_000, "\x00", '{"table": ["journal"]}']
)
def test_a_line_that_is_no_row_is_named(home: Path, tmp_path: Path, line: str) -> None:
    """Whatever stands there."""
    first, second, *rest = _exported(home, "jsonl", tmp_path / "whole.jsonl").read_text().splitlines()
    file = tmp_path / "wrong.jsonl"
    file.write_text("\n".join([first, second, line, *rest]))
    result = _run(import_, str(file), home=tmp_path / "new")
    assert result.return_value == 2
    assert "line 3" in result.output
    assert not (tmp_path / "new" / "default").exists()


def test_a_refused_import_changes_nothing_in_a_profile_that_is_there(home: Path, tmp_path: Path) -> None:
    """It holds what it held, byte for byte."""
    before = _exported(home, "jsonl", tmp_path / "before.jsonl")
    lines = _lines(before)
    lines[-2] = {**lines[-2], "key": 7}
    assert _run(import_, str(_write(tmp_path / "wrong.jsonl", lines)), home=home).return_value == 2
    assert _exported(home, "jsonl", tmp_path / "after.jsonl").read_bytes() == before.read_bytes()


def test_a_profile_without_a_login_exports_nothing(tmp_path: Path) -> None:
    """It is told, whichever form is asked for."""
    from hongyan.store.database import Database
    from hongyan.store.sqlite import open_store

    database = Database(tmp_path / "default" / "journal.db")
    open_store(database, "me")
    database.close()
    for form in ("jsonl", "markdown", "html", "mbox"):
        out = tmp_path / f"out-{form}"
        result = _run(export, "--format", form, "--out", str(out), home=tmp_path)
        assert result.return_value == 3, form
        assert not out.exists()


def test_what_is_invisible_is_spelled_out_in_texts_for_people(home: Path, tmp_path: Path) -> None:
    """Zero-width letters and tags hide words or smuggle orders; they are shown where they stand."""
    hidden = "pay\u200bpal \U000e0068\U000e0069 \u2060x\ufeff \u180e"
    lines = _lines(_exported(home, "jsonl", tmp_path / "whole.jsonl"))
    for row in lines:
        if row.get("table") == "journal" and row["event"].get("message", {}).get("text") == "taken back":
            row["event"]["message"]["text"] = hidden
            row["raw"] = base64.b64encode(b"x").decode()
    new = tmp_path / "new"
    assert _run(import_, str(_write(tmp_path / "hidden.jsonl", lines)), home=new).exception is None
    for form in ("markdown", "html", "mbox"):
        out = _exported(new, form, tmp_path / f"hidden-{form}")
        files = [out] if out.is_file() else [p for p in out.rglob("*") if p.is_file()]
        text = b"".join(file.read_bytes() for file in files)
        for letter in ("\u200b", "\U000e0068", "\u2060", "\ufeff", "\u180e"):
            assert letter.encode() not in text, form
