"""Each step of a login reaches the screen."""

from __future__ import annotations

import io
import json
from typing import get_args

import pytest

from hongyan.cli.login_view import LoginPrinter
from hongyan.model.login_progress import (
    AskedPhone,
    Cancelled,
    Confirmed,
    Expired,
    Hindered,
    LoginProgress,
    PhoneDeclined,
    QrReady,
    Scanned,
)
from hongyan.terminal.login import LoginScreen
from hongyan.terminal.strings.language import Language

LINK = "https://login.example/l/1"
SHOWN: dict[LoginProgress, dict[str, str]] = {
    QrReady(LINK, "", 0): {"login": "waiting", "link": LINK},
    AskedPhone(): {"login": "asked-phone"},
    PhoneDeclined(): {},  # a code follows and says all
    Scanned(): {"login": "scanned-unnamed"},
    Confirmed(): {"login": "confirmed"},
    Cancelled(): {"login": "cancelled"},
    Expired(): {"login": "expired"},
    Hindered("nobody answers"): {"login": "hindered", "why": "nobody answers"},
}


def test_every_step_is_listed() -> None:
    """A new one is asked for here."""
    assert {type(step) for step in SHOWN} == set(get_args(LoginProgress))


@pytest.mark.parametrize("step", SHOWN, ids=lambda step: type(step).__name__)
def test_a_step_is_shown_as_what_it_is(step: LoginProgress) -> None:
    """With what it says."""
    out = io.StringIO()
    with LoginScreen(out, io.StringIO(), language=Language.EN, as_json=True) as screen:
        LoginPrinter(screen).show(step)
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert len(told) == bool(SHOWN[step])
    assert all(told[0][name] == value for name, value in SHOWN[step].items())
