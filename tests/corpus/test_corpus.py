"""The decoder held against captured payloads, where those are at hand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("HONGYAN_SHARED") or HERE.parents[2] / "shared")
COMPARE = SHARED / "corpus" / "compare.py"


@pytest.mark.skipif(
    not COMPARE.is_file(), reason="the captured payloads are not at hand (set HONGYAN_SHARED to their folder)"
)
@pytest.mark.parametrize("option", [[], ["--all"]], ids=["core fields", "all fields"])
def test_every_captured_payload_is_read_right(option: list[str]) -> None:
    """All open samples: 147 of 147."""
    observer = [sys.executable, str(HERE / "observer.py")]
    told = subprocess.run(
        [sys.executable, str(COMPARE), str(COMPARE.parent / "open"), "--verbose", *option, "--", *observer],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "147 of 147 samples" in told.stdout
