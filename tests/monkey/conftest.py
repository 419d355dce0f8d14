"""Lets the monkey find the terminal of the other tests where it is run alone."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
