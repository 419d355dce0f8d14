"""What an author gives wrongly is refused where it is given, in a sentence, before a bot runs."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import pytest

from hongyan.bot import App, Filter, Text, command, from_, from_key, in_group, private, text
from hongyan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

ANYTHING: Any = None


async def _handler(message: Any) -> None:
    """Take a message."""


@pytest.mark.parametrize(
    "values",
    [
        *({"time_limit": wrong} for wrong in ("3", 0, -1, math.nan, math.inf, True, None, 1e300)),
        *({"side_by_side": wrong} for wrong in (0, -1, "3", 1.5, True, None)),
        *({"own": wrong} for wrong in ("no", 1, None)),
        {"official": "no"},
        *({"loops": wrong} for wrong in (3, True, "none")),
        *({"name": wrong} for wrong in (None, 3, b"x", "half \ud800")),
    ],
    ids="-".join,
)
def test_an_app_refuses_a_value_that_it_could_not_keep_to(values: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as refused:
        App(**values)
    assert refused.value.advice


@pytest.mark.parametrize(
    "values",
    [
        *({"time_limit": wrong} for wrong in ("3", 0, -1, math.nan, math.inf, False)),
        *({"id": wrong} for wrong in (3, None, "half \udfff")),
        *({"where": wrong} for wrong in ("ping", 3, lambda: True, lambda _a, _b: True)),
    ],
    ids="-".join,
)
def test_a_registration_refuses_a_value_that_it_could_not_keep_to(values: dict[str, Any]) -> None:
    app = App("strict")
    with pytest.raises(UsageError):
        app.on(Text, **values)(_handler)
    assert app.handlers == []


@pytest.mark.parametrize(
    "make",
    [
        lambda: text(ANYTHING),
        lambda: text(re.compile(b"x")),  # type: ignore[arg-type]
        lambda: command(""),
        lambda: command(ANYTHING),
        from_,
        lambda: from_(3),  # type: ignore[arg-type]
        lambda: from_(" "),
        from_key,
        lambda: from_key(ANYTHING),
        lambda: Filter(lambda: True),  # type: ignore[misc, arg-type]
        lambda: in_group & 3,  # type: ignore[operator]
        lambda: in_group | "x",  # type: ignore[operator]
        lambda: "x" & in_group,  # type: ignore[operator]
    ],
)
def test_a_condition_refuses_what_no_message_could_be_tried_with(make: Callable[[], object]) -> None:
    with pytest.raises(UsageError):
        make()


@pytest.mark.parametrize(
    "join",
    [lambda: in_group and private, lambda: in_group or private, lambda: not in_group],
)
def test_conditions_joined_by_words_are_refused_instead_of_losing_one(join: Callable[[], object]) -> None:
    with pytest.raises(UsageError) as refused:
        join()
    assert "&" in refused.value.advice
