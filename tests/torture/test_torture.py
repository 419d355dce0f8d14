"""A small ordeal, as part of every run of the tests, and the verdict on evidence that is known to be bad."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from .harness import Evidence, Ordeal, torture
from .verdict import figures, findings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.timeout(180)
async def test_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    """Three hundred messages, eight kills, and a service that errs in every way it knows."""
    evidence = await torture(Ordeal(messages=300, kills=8, seed=7), tmp_path)
    assert findings(evidence) == [], "\n".join(figures(evidence))
    assert evidence.kills == 8
    assert sum(map(len, evidence.journal.values())) + len(evidence.kept) == 300


def healthy() -> Evidence:
    """Return what an ordeal of four messages should leave."""
    return Evidence(
        sent={"A": ["m-0", "m-1"], "B": ["m-2", "m-3"]},
        journal={"A": ["m-0", "m-1"], "B": ["m-2", "m-3"]},
        seen=[{"text": f"m-{n}", "again": False, "pid": 1} for n in range(4)],
        answers=["a-0", "a-3"],
        parcels={"7": "sha"},
        saved={"7": {"sha"}},
        kept={"7": "sha"},
        people=({"A", "B"}, {"A", "B"}),
        logins=1,
    )


def test_an_event_that_was_killed_with_its_handler_may_be_given_up() -> None:
    """Where that is told, and the handler had it in its hands often enough."""
    evidence = healthy()
    evidence.saved, evidence.dead, evidence.begun = {}, {"7"}, Counter({"7": 5})
    assert findings(evidence) == []


def test_a_healthy_ordeal_has_no_findings() -> None:
    """What was handed over is there, once, in order."""
    assert findings(healthy()) == []


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"journal": {"A": ["m-0", "m-1"], "B": ["m-2"]}}, "lost"),
        ({"journal": {"A": ["m-0", "m-1", "m-1"], "B": ["m-2", "m-3"]}}, "too much"),
        ({"journal": {"A": ["m-1", "m-0"], "B": ["m-2", "m-3"]}}, "order"),
        ({"seen": [{"text": f"m-{n}", "again": False, "pid": 1} for n in range(3)]}, "never saw"),
        ({"seen": [{"text": f"m-{n % 4}", "again": False, "pid": n // 4} for n in range(5)]}, "unmarked"),
        ({"seen": [{"text": f"m-{n % 4}", "again": True, "pid": 1} for n in range(5)]}, "twice in one life"),
        ({"answers": ["a-0"]}, "never arrived"),
        ({"answers": ["a-0", "a-3", "a-3"]}, "more than once"),
        ({"saved": {}}, "never reached"),
        ({"kept": {}}, "not kept"),
        ({"dead": {"7"}}, "given up before"),
        ({"saved": {}, "dead": {"7"}, "begun": Counter({"7": 2})}, "never reached"),
        ({"dead": set("abcdefgh"), "begun": Counter(dict.fromkeys("abcdefgh", 9))}, "so unlucky"),
        ({"saved": {"7": {"sha", "other"}}}, "saved that are not"),
        ({"kept": {"7": "other"}}, "kept that are not"),
        ({"people": ({"A", "B"}, {"A"})}, "unknown"),
        ({"reports": ["ValueError"]}, "fault of the program"),
        ({"memory_mb": 5000}, "memory"),
        ({"logins": 2}, "logins"),
        ({"gaps": ["new-login"]}, "gaps"),
    ],
)
def test_each_fault_has_its_finding(changed: dict[str, object], found: str) -> None:
    """Evidence with one thing wrong is told by a sentence about that."""
    evidence = healthy()
    for name, value in changed.items():
        setattr(evidence, name, value)
    assert any(found in finding for finding in findings(evidence))
