"""A minute of damaged payloads: by the seed that is printed the run can be made again (``HONGYAN_FUZZ_SEED``)."""

from __future__ import annotations

import os
import random

import pytest

from .runner import run

SEED = int(os.environ.get("HONGYAN_FUZZ_SEED") or random.SystemRandom().getrandbits(32))
COUNT = 4_000


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(2))
def test_no_payload_finds_anything(part: int) -> None:
    """Nothing raises but our errors, readers of items never; neighbours arrive; no payload costs out of proportion."""
    print(f"seed {SEED + part}, {COUNT} payloads")
    report = run(SEED + part, COUNT, most=3)
    print(report)
    assert not report.findings
    assert report.grown < 400


def test_a_run_can_be_made_again() -> None:
    """The same seed throws the same payloads."""
    first, second = run(7, 60), run(7, 60)
    assert first.counts == second.counts
    assert first.findings == second.findings == []


def test_the_fuzzer_finds_a_planted_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that chokes on one character is found, with the payload."""
    from hongyan.webwx.parse import messages

    true = messages.MSG_TYPES[1]

    def choking(envelope: object) -> object:
        if ";" in getattr(envelope, "content", ""):
            raise KeyError
        return true(envelope)  # type: ignore[arg-type]  # whatever it is

    monkeypatch.setitem(messages.MSG_TYPES, 1, choking)
    report = run(7, 3_000, most=1)
    assert "KeyError" in report.findings[0]
