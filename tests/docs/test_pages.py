"""The generated pages say what the code says, and their evidence is what the captures and recordings hold."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SHARED = Path(os.environ.get("HONGYAN_SHARED") or ROOT.parent / "shared")

pytestmark = pytest.mark.skipif(not DOCS.is_dir(), reason="the guides are not beside the tests")


def _python(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(DOCS), os.environ.get("PYTHONPATH", "")])},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_the_navigation_of_the_site_names_every_page_once() -> None:
    """A page that is not in it is not found by readers of the site."""

    def pages(entry: Any) -> list[str]:
        if isinstance(entry, dict):
            return [page for inner in entry.values() for page in pages(inner)]
        return [page for inner in entry for page in pages(inner)] if isinstance(entry, list) else [entry]

    named = pages(tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]["nav"])
    found = [
        *ROOT.glob("*.md"),
        *DOCS.glob("**/*.md"),
        ROOT / "bench/README.md",
        ROOT / "packaging/README.md",
    ]
    names = {str(path.relative_to(ROOT)) for path in found}
    assert sorted(named) == sorted((names - {"README.md"}) | {"index.md"})


@pytest.mark.skipif(
    not (ROOT / ".venv-docs" / ".installed").is_file(), reason="the site's tools are not there: make docs"
)
def test_the_site_is_built_without_a_warning() -> None:
    """Each link leads somewhere, and each name of the reference is found."""
    assert _python(str(DOCS / "generate" / "site.py")).returncode == 0
    tool = ROOT / ".venv-docs" / "bin" / "zensical"
    built = subprocess.run(
        [tool, "build", "--strict"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert built.returncode == 0, built.stdout + built.stderr
    reference = (ROOT / ".site" / "html" / "docs" / "api" / "account.html").read_text("utf-8")
    assert 'id="hongyan.Account.send"' in reference


def test_the_generated_pages_are_up_to_date() -> None:
    """After a change of a call, a kind, a code, a command or a setting: make pages."""
    found = _python("-m", "generate", "--check")
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.skipif(
    not (SHARED / "recordings").is_dir(), reason="the recordings are kept outside the project"
)
def test_the_evidence_is_that_of_the_captures_and_recordings() -> None:
    """Nothing is claimed that they do not hold."""
    names: dict[str, Any] = {"__file__": str(DOCS / "generate" / "evidence.py"), "__name__": "evidence"}
    exec((DOCS / "generate" / "evidence.py").read_text("utf-8"), names)
    assert names["load"]() == names["count"](SHARED)
