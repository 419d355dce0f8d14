"""What is said of faults, and what a group of errors stands for."""

from __future__ import annotations

import pytest

from hongyan.errors import HongyanError, NoAnswer, UsageError
from hongyan.errors.base import described, single

LOST, WRONG, FAULT = NoAnswer("x", "it broke off"), UsageError("no"), KeyError("canary")


def test_a_fault_is_described_without_its_words() -> None:
    """They may quote what was read."""
    assert "KeyError" in described(FAULT)
    assert "canary" not in described(FAULT)


@pytest.mark.parametrize(
    ("problem", "stands_for"),
    [
        (LOST, LOST),
        (FAULT, FAULT),
        (ExceptionGroup("", [FAULT]), FAULT),
        (ExceptionGroup("", [ExceptionGroup("", [FAULT])]), FAULT),
        (ExceptionGroup("", [LOST, WRONG]), LOST),
        (ExceptionGroup("", [ExceptionGroup("", [LOST, WRONG]), WRONG]), LOST),
    ],
    ids=["error", "fault", "group of one", "group in a group", "errors", "errors in groups"],
)
def test_a_group_stands_for_what_is_in_it(problem: Exception, stands_for: Exception) -> None:
    """How tasks were put together is not shown."""
    assert single(problem) is stands_for


def test_a_fault_is_not_hidden_behind_an_error() -> None:
    """Several of different trees stay together."""
    group = ExceptionGroup("", [LOST, FAULT])
    assert single(group) is group


def test_an_error_that_says_nothing_of_itself_is_a_fault_of_ours() -> None:
    """The root is never raised by itself."""
    assert (HongyanError.exit_code, HongyanError.code) == (70, "error")
