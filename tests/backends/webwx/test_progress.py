"""What front ends are shown of a login's steps."""

from __future__ import annotations

from typing import get_args

import pytest

from hongyan.backends.webwx.progress import progress_of
from hongyan.model import login_progress as told
from hongyan.webwx import machine_events as wire

STEPS: dict[wire.MachineEvent, told.LoginProgress] = {
    wire.QrIssued("uuid", "text", "url", 2): told.QrReady("text", "url", 2),
    wire.PhoneAsked(): told.AskedPhone(),
    wire.PushRefused("no"): told.PhoneDeclined("no"),
    wire.QrScanned("data:"): told.Scanned("data:"),
    wire.LoginConfirmed(): told.Confirmed(),
    wire.LoginCancelled(): told.Cancelled(),
    wire.QrExpired(): told.Expired(),
    wire.LoginHindered("why"): told.Hindered("why"),
}


@pytest.mark.parametrize("event", STEPS, ids=lambda event: type(event).__name__)
def test_a_step_is_shown_with_what_it_says(event: wire.MachineEvent) -> None:
    """Its number on the wire stays behind."""
    assert progress_of(event) == STEPS[event]


def test_everything_that_can_be_shown_has_its_event() -> None:
    """A step that no event tells of would never be seen."""
    assert {type(step) for step in STEPS.values()} == set(get_args(told.LoginProgress))


def test_what_is_no_step_of_a_login_is_not_shown() -> None:
    """The other events are the engine's."""
    assert progress_of(wire.NotTold("later")) is None
