"""The names that ``hongyan.bot`` gives, and those it gave before."""

from __future__ import annotations

import pytest

import hongyan.bot
from hongyan.bot import EventContext, MessageContext


def test_every_listed_name_is_there() -> None:
    """Star imports and completion go by the list."""
    for name in hongyan.bot.__all__:
        assert hasattr(hongyan.bot, name), name


@pytest.mark.parametrize(("old", "new"), [("Received", MessageContext), ("Happened", EventContext)])
def test_a_former_name_is_accepted_with_a_notice(old: str, new: type[object]) -> None:
    """Bots that were written for it go on, and their authors read what it is called now."""
    with pytest.warns(DeprecationWarning, match=f"{old} is now {new.__name__}"):
        assert getattr(hongyan.bot, old) is new


def test_another_name_is_refused() -> None:
    """As of any module."""
    assert not hasattr(hongyan.bot, "Robot")
