"""Times that cannot be are no times, and any number at all can be shown."""

from __future__ import annotations

import math
import re
import time
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.model.times import believable, local, shown_at

if TYPE_CHECKING:
    from collections.abc import Iterator

IMPOSSIBLE = [
    *(0, 1, -1, -(1 << 63), 1 << 63, 10**30, 1e30, -1e300, math.inf, -math.inf, math.nan),
    *(-62135596800, -62135596801, 253402300799, 253402300800, 1_546_214_741_000),
]


@pytest.fixture(params=["UTC", "Asia/Shanghai", "Pacific/Kiritimati", "Etc/GMT+12"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set the zone of the local clock."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("told", IMPOSSIBLE)
def test_an_impossible_time_is_none(told: float) -> None:
    """And the time of writing stands in its place."""
    assert believable(told) == 0
    assert shown_at(told, 1_700_000_000.5) == 1_700_000_000.5


def test_a_possible_time_stays() -> None:
    assert believable(1_546_214_741.9) == 1_546_214_741
    assert shown_at(1_546_214_741, 5.0) == 1_546_214_741


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize("at", IMPOSSIBLE)
def test_every_time_can_be_shown(at: float) -> None:
    """In every zone, in every form that is used anywhere."""
    when = local(at)
    assert re.fullmatch(r"\d{1,4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4,6}", f"{when:%Y-%m-%d %H:%M:%S %z}")


@given(st.floats() | st.integers())
def test_any_number_can_be_shown(at: float) -> None:
    """Without exception."""
    assert local(at).tzinfo is not None
    assert isinstance(shown_at(at, 1.0), int | float)


def test_ordinary_times_are_the_local_clocks() -> None:
    assert local(1_546_214_741.5) == datetime.fromtimestamp(1_546_214_741.5).astimezone()
