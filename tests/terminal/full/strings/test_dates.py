"""Times and days as people read them."""

from __future__ import annotations

from datetime import datetime

import pytest

from hongyan.terminal.full.strings import dates
from hongyan.terminal.strings.language import Language

BASE = datetime(2026, 3, 8, 12, 0).astimezone().timestamp()


DAY = 86_400


@pytest.mark.parametrize(
    ("ago", "zh", "tw", "en"),
    [
        (0, "12:00", "12:00", "12:00"),
        (1, "昨天", "昨天", "Yesterday"),
        (3, "周四", "週四", "Thu"),
        (20, "2-16", "2-16", "2-16"),
        (100, "2025-11-28", "2025-11-28", "2025-11-28"),
    ],
)
def test_a_list_has_short_times(ago: int, zh: str, tw: str, en: str) -> None:
    """In each language."""
    assert [
        dates.list_time(BASE - ago * DAY, BASE, language)
        for language in (Language.ZH, Language.ZH_TW, Language.EN)
    ] == [zh, tw, en]


def test_days_and_clocks_are_told() -> None:
    """Near days by name, far ones with the year."""
    assert dates.day_line(BASE, BASE, Language.ZH) == "今天 · 3月8日 星期日"
    assert dates.day_line(BASE - 2 * DAY, BASE, Language.EN) == "Friday, 6 March"
    assert dates.day_line(BASE - 365 * DAY, BASE, Language.ZH_TW) == "2025年3月8日 星期六"
    assert dates.clock(BASE, BASE, "dynamic") == "12:00"
    assert dates.clock(BASE - 365 * DAY, BASE, "dynamic") == "2025-03-08 12:00"
    assert dates.clock(BASE, BASE, "iso") == "2026-03-08 12:00:00"
