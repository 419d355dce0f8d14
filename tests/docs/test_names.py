"""The guides name only what exists: files, modules, classes, actions of the screen."""

from __future__ import annotations

import importlib
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HISTORY = {"CHANGELOG.md"}
GUIDES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "bench/*.md")
    for path in ROOT.glob(pattern)
    if path.name not in HISTORY
)
WRITTEN_BY_READERS = {"sitecustomize.py"} | {
    title
    for guide in GUIDES
    for title in re.findall(r"^```\w+ title=\"([^\"]+)\"", guide.read_text("utf-8"), re.MULTILINE)
}

pytestmark = pytest.mark.skipif(not (ROOT / "docs").is_dir(), reason="the guides are not beside the tests")


@cache
def _files() -> frozenset[str]:
    try:
        listed = subprocess.run(
            ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        names = listed.split("\n")
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py")]
    return frozenset(name for name in names if (ROOT / name).is_file())


def _exists(path: str) -> bool:
    """Whether a path names a file of the repository, by its end; ``*`` stands for any name."""
    pattern = re.compile(r"(?:.*/)?" + re.escape(path).replace(r"\*", r"[\w-]*"))
    return any(pattern.fullmatch(name) for name in _files())


def _has_member(name: str) -> bool:
    """Whether a dotted name below ``hongyan`` can be imported, or is an attribute of what can."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ImportError:
            continue
        for part in parts[length:]:
            if not hasattr(found, part):
                return part in getattr(found, "__annotations__", {})
            found = getattr(found, part)
        return True
    return False


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_is_named_exists(guide: Path) -> None:
    """Of Python files; a name that readers choose for their own is no such name."""
    named = set(re.findall(r"(?<![\w/.:*-])((?:[\w*-]+/)*[\w*-]+\.py)\b", guide.read_text("utf-8")))
    assert {path for path in named - WRITTEN_BY_READERS if not _exists(path)} == set()


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_name_below_hongyan_exists(guide: Path) -> None:
    """Modules, classes, functions: also those that the reference is made of."""
    named = set(re.findall(r"(?<![\w/.-])(hongyan(?:\.[A-Za-z_]\w*)+)(?![\w/])", guide.read_text("utf-8")))
    files = {name for name in named if name.endswith((".py", ".pot", ".example", ".toml"))}
    assert {name for name in named - files if not _has_member(name)} == set()
