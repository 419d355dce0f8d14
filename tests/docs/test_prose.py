"""The guides and the package are free of the words that the house style replaces."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "check_prose.py"

pytestmark = pytest.mark.skipif(not SCRIPT.is_file(), reason="the scripts are not beside the tests")


@pytest.fixture(scope="module")
def check() -> Any:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("check_prose", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_guides_are_in_plain_words(check: Any) -> None:
    """The script shows each line: scripts/check_prose.py -v."""
    guides = {path for pattern in check.AREAS["guides"] for path in ROOT.glob(pattern)}
    found = {
        f"{path.name}:{line}: {word}"
        for path in guides
        if path.name not in check.HISTORY
        for line, word, _ in check.found(path)
    }
    assert found == set()


def test_the_package_is_in_plain_words(check: Any) -> None:
    """Comments, docstrings and strings of each area; what is still open only gets less."""
    counts = check.counts(ROOT)
    assert {area: number for area, number in counts.items() if number > check.OPEN.get(area, 0)} == {}


def test_allowed_words_are_in_their_files(check: Any) -> None:
    """An entry without its word is removed from the list."""
    stale = {
        (name, word)
        for name, word in check.ALLOWED
        if word not in {hit for _, hit, _ in check.found(ROOT / name)}
    }
    assert stale == set()


def test_code_is_not_prose(check: Any, tmp_path: Path) -> None:
    """What is between backticks, and names in programs, may be called anything; comments and texts may not."""
    guide, module = tmp_path / "a.md", tmp_path / "a.py"
    guide.write_text("`told` is fine\n```\nnobody\n```\nNobody is not.\n", "utf-8")
    module.write_text('told = 1  # as somebody said\nraise Error("nobody")\n', "utf-8")
    assert [(line, word) for line, word, _ in check.found(guide)] == [(5, "nobody")]
    assert [(line, word) for line, word, _ in check.found(module)] == [(1, "somebody"), (2, "nobody")]
