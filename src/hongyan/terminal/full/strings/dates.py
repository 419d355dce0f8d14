"""Times as people read them in a chat: of a message, of a day, of a list; it reads no clock."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from hongyan.model.times import local
from hongyan.terminal.strings.language import Language

__all__ = ["clock", "day_line", "list_time"]

_WEEKDAYS: Final = {
    Language.ZH: "一二三四五六日",
    Language.ZH_TW: "一二三四五六日",
}
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def clock(at: float, now: float, style: str) -> str:
    """Return a time of day (``dynamic``), with the date where it is of another year, or all of it (``iso``)."""
    when = local(at)
    if style == "iso":
        return f"{when:%Y-%m-%d %H:%M:%S}"
    return f"{when:%H:%M}" if when.year == local(now).year else f"{when:%Y-%m-%d %H:%M}"


def day_line(at: float, now: float, language: Language) -> str:
    """Return a day in the form used between messages: 今天, 昨天, 3月8日 星期六; Saturday, 8 March."""
    day, today = local(at).date(), local(now).date()
    near = _near(day, today, language)
    year = day.year != today.year
    if language is Language.EN:
        text = f"{_DAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]}" + (
            f" {day.year}" if year else ""
        )
        return f"{near} · {text}" if near else text
    text = (
        f"{day.year}年" if year else ""
    ) + f"{day.month}月{day.day}日 星期{_WEEKDAYS[language][day.weekday()]}"
    return f"{near} · {text}" if near else text


def list_time(at: float, now: float, language: Language) -> str:
    """Return a time in the five to ten cells of a list: 09:12, 昨天, 周六, 3-8, 2025-3-8."""
    when, today = local(at), local(now).date()
    day = when.date()
    if day >= today:
        return f"{when:%H:%M}"
    if near := _near(day, today, language):
        return near
    if today - day < timedelta(days=7):
        if language is Language.EN:
            return _DAYS[day.weekday()][:3]
        return ("週" if language is Language.ZH_TW else "周") + _WEEKDAYS[language][day.weekday()]
    return f"{day.month}-{day.day}" if day.year == today.year else f"{day.year}-{day.month}-{day.day}"


def _near(day: date, today: date, language: Language) -> str:
    words = ("Today", "Yesterday") if language is Language.EN else ("今天", "昨天")
    return {0: words[0], 1: words[1]}.get((today - day).days, "")
