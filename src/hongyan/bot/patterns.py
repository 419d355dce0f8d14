"""An operator's regular expressions, run over strangers' texts: with a time limit, so that none stalls a bot.

The module ``re`` cannot be stopped in a search; ``regex``, which reads the same language, can.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, cast

import regex

if TYPE_CHECKING:
    import re

__all__ = ["LIMIT_S", "Pattern"]

log = logging.getLogger("hongyan.bot")

LIMIT_S: Final = 0.25
"""Seconds that one search may take. An ordinary one takes microseconds."""

_FLAGS: Final = (
    regex.ASCII | regex.IGNORECASE | regex.MULTILINE | regex.DOTALL | regex.VERBOSE | regex.UNICODE
)


class Pattern:
    """A compiled expression. ValueError, with the reason, if it cannot be read."""

    __slots__ = ("_compiled", "_reported", "source")

    def __init__(self, pattern: str | re.Pattern[str]) -> None:
        self.source: str = pattern if isinstance(pattern, str) else pattern.pattern
        flags = 0 if isinstance(pattern, str) else pattern.flags & int(_FLAGS)
        self._reported = False
        try:
            self._compiled = regex.compile(self.source, flags)
        except regex.error as error:
            raise ValueError(str(error)) from error
        except RecursionError as error:
            raise ValueError("it is nested too deeply") from error
        except (OverflowError, MemoryError) as error:
            raise ValueError("it repeats too often") from error

    def __repr__(self) -> str:
        return f"<Pattern {self.source!r}>"

    @property
    def captures(self) -> frozenset[str]:
        """What a match has to give: numbers of groups from 0 on, and their names, as text."""
        numbers = {str(n) for n in range(self._compiled.groups + 1)}
        return frozenset(numbers | set(self._compiled.groupindex))

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first place in ``text`` that fits; None where there is none, or the search took too long."""
        try:
            found = self._compiled.search(text, timeout=LIMIT_S)
        except TimeoutError:
            if not self._reported:
                self._reported = True
                log.warning(
                    "the pattern %r takes too long on some messages; they count as not found", self.source
                )
            return None
        return cast("re.Match[str] | None", found)
