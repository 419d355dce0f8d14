"""The generated pages say what the code says, and their evidence is what the captures and recordings hold."""

from __future__ import annotations

import os
import subprocess
import sys
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
