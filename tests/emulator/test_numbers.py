"""Numbers that never come twice."""

from __future__ import annotations

import re

from hongyan.emulator.numbers import Numbers


def test_numbers_go_on_after_a_crash() -> None:
    """Nothing given out before can come again, whatever was lost."""
    kept: dict[str, int] = {}
    before = Numbers(kept.copy(), kept.__setitem__)
    ids = {before.msg_id() for _ in range(1000)} | {before.position() for _ in range(1000)}
    after = Numbers(kept.copy(), kept.__setitem__)
    assert not ids & ({after.msg_id() for _ in range(1000)} | {after.position() for _ in range(1000)})
    assert len(ids) == 2000
    assert all(re.fullmatch(r"\d{19}", str(each)) for each in (before.msg_id(), after.msg_id()))


def test_a_service_that_keeps_nothing_does_not_give_out_the_numbers_of_the_last_run() -> None:
    """A client keeps its journal, and takes a message whose number it has for a repeat."""
    runs = [Numbers({}, lambda _name, _value: None) for _ in range(2)]
    ids = [{run.msg_id() for _ in range(1000)} for run in runs]
    assert not ids[0] & ids[1]
