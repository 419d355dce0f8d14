"""Gathers the pages of the repository into ``.site/source``, in the places that their links expect: ``make docs``.

The front page is README.md under the name that a site wants; everything else keeps its path.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / ".site" / "source"
PATTERNS = (
    "*.md",
    "LICENSE",
    "docs/**/*.md",
    "docs/pictures/*.svg",
    "bench/README.md",
    "examples/*",
    "packaging/**/*",
)


def gather() -> list[Path]:
    """Copy every page and what pages link to; return the copies."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    found = sorted({path for pattern in PATTERNS for path in ROOT.glob(pattern) if path.is_file()})
    return [_copy(path) for path in found]


def _copy(path: Path) -> Path:
    target = SOURCE / path.relative_to(ROOT)
    if path == ROOT / "README.md":
        target = target.with_name("index.md")
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".md":
        target.write_text(_linked(path.read_text("utf-8")), "utf-8")
    else:
        shutil.copyfile(path, target)
    return target


def _linked(text: str) -> str:
    """Let links to README.md of the first folder lead to the front page."""
    return re.sub(r"\]\(((?:\.\./)*)README\.md(?=[)#])", r"](\1index.md", text)


if __name__ == "__main__":
    print(f"{len(gather())} files in {SOURCE.relative_to(ROOT)}")
