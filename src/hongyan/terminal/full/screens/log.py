"""What happened to the program, and figures of the account."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

from hongyan.errors import NotComplete
from hongyan.model.display_text import column
from hongyan.model.summary import size_text
from hongyan.model.times import local
from hongyan.terminal.full.screens.pages import Page, wrapped
from hongyan.terminal.strings.language import say
from hongyan.terminal.strings.line_mode import LINE_MODE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hongyan.terminal.full.context import ScreenContext

__all__ = ["Log", "Stats"]

Line = tuple[tuple[str, str], ...]


class Log(Page[None]):
    """Events and errors, the newest first."""

    HINT: ClassVar[str] = "log-hint"

    def __init__(self, context: ScreenContext) -> None:
        super().__init__(context, "")
        self._title = self.say("log")

    def lines(self, width: int) -> Sequence[Line]:
        """Return a line for each entry, more for long ones."""
        lines: list[Line] = []
        for at, level, text in reversed(self.context.log):
            stamp = f"{local(at):%m-%d %H:%M:%S} "
            first, *more = wrapped(text, max(width - len(stamp), 10), "failed" if level == "error" else "")
            lines.append(((stamp, "time"), *first))
            lines += [((" " * len(stamp), ""), *line) for line in more]
        return lines or [((self.say("log-empty"), "notice"),)]


class Stats(Page[None]):
    """Figures: the connection, the journal, what it takes."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__(context, "")
        self._title = self.say("stats")

    def lines(self, width: int) -> Sequence[Line]:
        """Return a line for each figure."""
        return [
            ((column(self.say(f"stat-{key}"), min(30, max(width // 2, 4))), "notice"), (value, ""))
            for key, value in self._figures()
        ]

    def _figures(self) -> list[tuple[str, str]]:
        account, status = self.context.account, self.context.account.status()
        try:
            contacts = str(len(account.contacts()))
        except NotComplete as problem:
            contacts = f"{problem.have} …"
        return [
            ("state", say(LINE_MODE, f"state-{status.state}", self.context.language)),
            ("since", self.context.time_text(status.since) if status.since else "-"),
            ("latency", f"{status.latency * 1000:.0f} ms" if status.latency is not None else "-"),
            ("queued", str(status.queued)),
            ("holder", str(status.pid or "-")),
            ("journal", str(account.archive.latest)),
            ("chats", str(len(account.chats()))),
            ("contacts", contacts),
            ("disk", size_text(_disk(self.context)) or "-"),
            ("memory", size_text(_memory()) or "-"),
            ("up", f"{(self.context.clock() - self.context.started) / 60:.0f} min"),
        ]


def _disk(context: ScreenContext) -> int:
    folder = context.account.archive.folder
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(root, name)).st_size  # noqa: PTH116, PTH118  # a walk of many files
            except OSError:
                continue  # it went away while it was looked for
    return total


def _memory() -> int:
    """Return the resident bytes of this program, 0 where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  # no path of a person
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0
