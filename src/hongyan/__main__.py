"""``python -m hongyan``: the command line."""

from __future__ import annotations

from hongyan.cli import main

main()
