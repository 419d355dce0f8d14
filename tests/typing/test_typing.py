"""Type checkers take what is right and find what is wrong in a bot: accepted.py, refused.py, and the examples.

mypy looks at these files with all others (``make check``), and complains of an ``ignore`` that it does not need.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_pyright_agrees() -> None:
    """By its settings in pyproject.toml, an ``ignore`` that it does not need is an error."""
    pyright = Path(sys.executable).with_name("basedpyright")
    done = subprocess.run(
        [pyright, "--outputjson", "--pythonpath", sys.executable],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=55,
    )
    told = json.loads(done.stdout)
    found = [
        f"{Path(d['file']).name}:{d['range']['start']['line'] + 1}: {d['message']}"
        for d in told["generalDiagnostics"]
    ]
    assert found == []
    assert told["summary"]["filesAnalyzed"] >= 5
