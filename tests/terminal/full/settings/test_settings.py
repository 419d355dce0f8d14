"""Settings out of range are refused."""

from __future__ import annotations

import pytest

from hongyan.errors import UsageError
from hongyan.terminal.full.settings.settings import NotifySettings, TerminalSettings


@pytest.mark.parametrize(
    "wrong",
    [
        {"hold": 61.0},
        {"picture_size": (1, 1)},
        {"list_width": 5},
        {"notify": NotifySettings},
        {"notify": "quiet"},
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, object]) -> None:
    """With what would be right."""
    if wrong == {"notify": NotifySettings}:
        with pytest.raises(UsageError):
            NotifySettings(away={"strangers": "full"})
    elif wrong == {"notify": "quiet"}:
        with pytest.raises(UsageError):
            NotifySettings(quiet="23-7")
    else:
        with pytest.raises(UsageError):
            TerminalSettings(**wrong)  # type: ignore[arg-type]  # wrong on purpose
