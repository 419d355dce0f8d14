"""``make monkey SECONDS=600 SEED=n SIZE=80x24``: lets a monkey at the demo and tells what it did, or what it found."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from monkey.run import HONGYAN, Found, run


def main() -> int:
    """Run as the options say; 1 where something was found."""
    parser = argparse.ArgumentParser(prog="monkey")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--size", default="80x24", help="columns and rows")
    parser.add_argument("--plant", default="", help="a fault of tests/monkey/planted.py that must be found")
    options = parser.parse_args()
    columns, rows = map(int, options.size.split("x"))
    plant = (sys.executable, "-m", "monkey.planted", options.plant, "demo")
    with tempfile.TemporaryDirectory(prefix="monkey-") as folder:
        try:
            tally = run(
                options.seed,
                options.seconds,
                (columns, rows),
                Path(folder),
                plant if options.plant else HONGYAN,
            )
        except Found as problem:
            sys.stdout.write(f"{problem}\n")
            return 1
    sys.stdout.write(
        f"seed {options.seed}, {options.size}: {tally.acts} acts, {tally.bytes_in} bytes, {tally.programs} programs\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
