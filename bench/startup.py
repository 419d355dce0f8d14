"""How much ``hongyan --help`` costs above an empty interpreter: interleaved runs, medians of wall time."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 15
CONTENDERS = {
    "empty interpreter": [sys.executable, "-c", "pass"],
    "import click": [sys.executable, "-c", "import click"],
    "hongyan --help": [sys.executable, "-m", "hongyan", "--help"],
}


def wall_ms(command: list[str]) -> float:
    """Run ``command`` and return the milliseconds until it ended (CPU time counts in steps of 10 ms here)."""
    before = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=30)
    return 1000 * (time.perf_counter() - before)


def main() -> None:
    """Print a line per contender."""
    runs: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    for _ in range(ROUNDS):
        for name, command in CONTENDERS.items():
            runs[name].append(wall_ms(command))
    floor = statistics.median(runs["empty interpreter"])
    for name, times in runs.items():
        median = statistics.median(times)
        print(f"{name:20} {median:6.1f} ms, {median - floor:+6.1f} ms above empty, best {min(times):.1f}")


main()
