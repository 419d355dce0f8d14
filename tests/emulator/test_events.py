"""The log of what a login has still to hear, and the keys into it."""

from __future__ import annotations

import pytest

from hongyan.emulator.events import EventKind, EventLog, position_in_pairs, position_in_text


def test_log_hands_out_what_lies_behind_a_key() -> None:
    """Also for positions between events, before the first and behind the last."""
    log = EventLog(10)
    for position in (12, 13, 17):
        log.append(position, EventKind.MESSAGE, "", str(position).encode())
    assert [each[2] for each in log.after(10).events] == [b"12", b"13", b"17"]
    assert [each[2] for each in log.after(15).events] == [b"17"]
    assert (log.after(13, limit=1).position, log.after(10, limit=2).more) == (17, True)
    assert (log.after(99).events, log.after(99).position) == ([], 17)
    assert (log.one_before(13), log.one_before(12), log.one_behind(12)) == (12, 10, 13)


@pytest.mark.parametrize(
    ("kinds", "selector"),
    [
        ([], 0),
        ([EventKind.CONTACT], 4),
        ([EventKind.CONTACT, EventKind.REMOVED], 6),
        ([EventKind.TOUCH, EventKind.CONTACT], 4),
        ([EventKind.CONTACT, EventKind.STATUS], 7),
        ([EventKind.STATUS, EventKind.MESSAGE], 2),
    ],
)
def test_most_urgent_kind_chooses_the_selector(kinds: list[EventKind], selector: int) -> None:
    """Messages before status notes before contacts."""
    log = EventLog(0)
    for position, kind in enumerate(kinds, 1):
        log.append(position, kind, "", b"")
    assert log.selector(0) == selector


@pytest.mark.parametrize(
    ("sync_key", "position"),
    [
        ({"Count": 1, "List": [{"Key": 2, "Val": 5}]}, 5),
        ({"Count": 1, "List": [{"Key": "2", "Val": "5"}]}, 5),
        ({"Count": 0, "List": []}, None),
        ({"List": [7, {"Key": 2, "Val": None}]}, None),
        ("nonsense", None),
        (None, None),
    ],
)
def test_position_is_read_from_any_key_list(sync_key: object, position: int | None) -> None:
    """Numbers as text too; None for what is no list."""
    assert position_in_pairs(sync_key) == position


def test_position_is_read_from_the_poll() -> None:
    """`k_v` pairs between bars."""
    assert position_in_text("1_7|2_9|3_7|1000_1") == 9
    assert position_in_text("") is None
