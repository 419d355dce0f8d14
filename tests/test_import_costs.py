"""What a fresh interpreter loads: the promises of start-up time are promises about modules."""

from __future__ import annotations

import subprocess
import sys

import pytest

_HEAVY = {
    "aiohttp",
    "asyncio",
    "lxml",
    "msgspec",
    "segno",
    "sqlite3",
    "prompt_toolkit",
    "cryptography",
    "ssl",
}


def _loaded_by(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint('\\n'.join(m.partition('.')[0] for m in sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=30)
    return set(out.stdout.split())


def test_the_package_root_loads_nothing_heavy() -> None:
    """``import hongyan`` is free."""
    assert not _loaded_by("import hongyan") & _HEAVY


def test_help_loads_nothing_but_a_table() -> None:
    """Commands, and click with them, are imported when they run."""
    statement = (
        "import contextlib, io\nfrom hongyan.cli import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()): main(['--help'])"
    )
    loaded = _loaded_by(statement)
    assert "hongyan" in loaded
    assert not loaded & (_HEAVY | {"click"})


@pytest.mark.parametrize("module", ["hongyan.model.messages", "hongyan.webwx.parse", "hongyan.webwx.machine"])
def test_the_protocol_loads_no_io(module: str) -> None:
    """The protocol can be used where there is no loop, no network library and no database."""
    assert not _loaded_by(f"import {module}") & {"aiohttp", "sqlite3", "ssl", "prompt_toolkit", "click"}


def test_keys_are_listed_without_the_full_screen() -> None:
    """The map is values; the toolkit is for those who press them."""
    loaded = _loaded_by("from hongyan.cli.commands import load; load('keys')")
    assert not loaded & {"textual", "rich", "tomlkit", "aiohttp", "sqlite3", "prompt_toolkit"}
