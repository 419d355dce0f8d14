"""``make torture``: the whole ordeal, its figures and the verdict; ends with 1 where anything was lost or doubled."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from .harness import Ordeal, torture
from .verdict import figures, findings


def main() -> int:
    """Run one ordeal and print what came of it."""
    parser = argparse.ArgumentParser(prog="make torture", description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument(
        "--plant", choices=["", "order", "answers", "salvage"], default="", help="a fault to be found"
    )
    given = parser.parse_args()
    ordeal = Ordeal(given.messages, given.kills, given.seed, given.plant)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hongyan-torture-") as folder:
        evidence = asyncio.run(torture(ordeal, Path(folder)))
    wrong = findings(evidence)
    lines = [f"seed: {ordeal.seed}; {time.monotonic() - begun:.0f} s", *figures(evidence), *wrong]
    print("\n".join(lines))
    print(f"FAILED: {len(wrong)} findings" if wrong else "nothing lost, nothing doubled")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
