"""Where lines are printed: messages to standard output, everything about the program to standard error."""

from __future__ import annotations

import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import TextIO

from hongyan.model.display_text import clean

__all__ = ["Screen"]


class Screen:
    """Prints whole lines and flushes each, so that a reader behind a pipe gets it at once.

    It looks the streams up each time: while a person types they are replaced by ones that print above the typed line.
    """

    def __init__(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                with suppress(ValueError):  # a stream that was read already keeps its error handling
                    stream.reconfigure(errors="backslashreplace")

    def out(self, line: str) -> None:
        """Print a line of content."""
        self._print(sys.stdout, line)

    def status(self, line: str) -> None:
        """Print a line about the program."""
        self._print(sys.stderr, line)

    @staticmethod
    def one_line(text: str) -> str:
        """Return a sentence of the program that may contain names, harmless and on one line."""
        return clean(text, newline=" ")

    @staticmethod
    def _print(stream: TextIO, line: str) -> None:
        stream.write(line + "\n")
        stream.flush()
