"""Each page of the tutorial, done as a reader does it: files, commands, outputs."""

from __future__ import annotations

from pathlib import Path

import pytest

from .pages import blocks, reading

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs" / "tutorial").glob("*.md"))
CHINESE = ROOT / "docs" / "zh" / "tutorial.md"
NEEDED = {"3-testing.md": ["1-first-bot.md"]}
"""Pages that use a file of another page."""

pytestmark = pytest.mark.skipif(not PAGES, reason="the guides are not beside the tests")


@pytest.mark.timeout(180)
@pytest.mark.parametrize("page", [*PAGES, CHINESE], ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_page_comes_out_as_it_says(page: Path, tmp_path: Path) -> None:
    """No step is skipped: a program without a title fails the page."""
    with reading(tmp_path) as reader:
        for other in NEEDED.get(page.name, ()):
            for _, title, text in blocks(page.with_name(other)):
                if title:
                    (reader.here / title).write_text(text, "utf-8")
        reader.follow(page)


def test_there_are_five_pages_and_the_index_names_each() -> None:
    """In their order."""
    index = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
    found = [index.index(f"](tutorial/{page.name})") for page in PAGES]
    assert len(found) == 5
    assert found == sorted(found)
