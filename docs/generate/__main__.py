"""Writes the generated blocks of the pages, or with ``--check`` names the pages that are out of date (exit code 1)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from generate import blocks, cli, protocol, settings

if TYPE_CHECKING:
    from collections.abc import Callable

PAGES: dict[str, Callable[[], dict[str, str]]] = {
    "protocol.md": protocol.blocks,
    "cli.md": cli.blocks,
    "settings.md": settings.blocks,
}


def main() -> int:
    """Write or check every page, or those that are named."""
    words = sys.argv[1:]
    checking = "--check" in words
    named = [word for word in words if not word.startswith("-")] or list(PAGES)
    stale = [name for name in named if blocks.update(name, PAGES[name](), write=not checking)]
    for name in stale:
        print(f"docs/{name}: {'out of date: run make pages' if checking else 'written'}")
    return 1 if checking and stale else 0


sys.exit(main())
