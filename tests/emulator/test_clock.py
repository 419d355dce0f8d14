"""The clock that a test moves by hand."""

from __future__ import annotations

import pytest

from hongyan.emulator.clock import ManualClock


def test_clock_never_goes_back() -> None:
    """And tells its watchers when it moves."""
    clock, calls = ManualClock(100.0), []
    clock.watch(lambda: calls.append(clock.now()))
    clock.advance(5)
    assert calls == [105.0]
    with pytest.raises(ValueError, match="cannot go back"):
        clock.advance(-1)
