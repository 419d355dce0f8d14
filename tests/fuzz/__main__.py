"""``python -m fuzz``: throw payloads by hand, for a time or a number of them."""

from __future__ import annotations

import argparse
import random
import sys

from .runner import run

parser = argparse.ArgumentParser(prog="fuzz")
parser.add_argument("--seconds", type=float)
parser.add_argument("--count", type=int)
parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
options = parser.parse_args()
print(f"seed {options.seed}", flush=True)
report = run(options.seed, options.count, options.seconds or (None if options.count else 60.0))
print(report)
sys.exit(bool(report.findings))
