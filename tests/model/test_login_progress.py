"""The steps of a login in words."""

from __future__ import annotations

from typing import get_args

import pytest

from hongyan.model.login_progress import LoginProgress, QrReady, Scanned

STEPS = get_args(LoginProgress)


def test_a_code_is_printed_for_people_and_not_into_logs() -> None:
    """Who has the code can log in with it."""
    code = QrReady("https://login.example/l/canary", "", 2)
    assert str(code).endswith(": https://login.example/l/canary")
    assert repr(code) == "QrReady(renewal=2)"


def test_a_portrait_is_not_shown_as_text() -> None:
    """It is a long data URL."""
    assert repr(Scanned("data:image/jpeg;base64,AAAA")) == "Scanned()"


@pytest.mark.parametrize(
    "step", [kind for kind in STEPS if not kind.__struct_fields__], ids=lambda kind: kind.__name__
)
def test_a_step_without_values_is_a_sentence(step: type) -> None:
    """`print(step)` is all that a first script does."""
    assert str(step())[0].isupper()
    assert str(step()).endswith(".")
