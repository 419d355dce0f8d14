"""Shows a login on its way: the QR code and one line for each state; it knows nothing of how a login is made."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Final, Self, TextIO

from hongyan.errors import LoginEnded
from hongyan.model.display_text import clean
from hongyan.terminal.faults import explained
from hongyan.terminal.qr import draw, free_cells, picture_file, style_for
from hongyan.terminal.strings.language import Language, say
from hongyan.terminal.strings.login import LOGIN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

    from hongyan.errors import HongyanError

__all__ = ["LoginScreen"]

# The state, the link, the picture's path and the prompt below the code.
_ROWS_OF_TEXT: Final = 4


class LoginScreen:
    """Where a login shows itself. Use it in a ``with`` block: the picture file disappears at the end.

    ``out`` takes the QR code and the link, ``err`` one line for each state. ``picture`` is where the PNG file goes,
    None for none. ``as_json`` turns every state into one JSON object on ``out`` instead of all of that.
    """

    def __init__(
        self,
        out: TextIO,
        err: TextIO,
        *,
        language: Language,
        picture: Path | None = None,
        as_json: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._out = out
        self._err = err
        self._language = language
        self._picture = picture
        self._drawn: Path | None = None
        self._as_json = as_json
        self._environment = os.environ if environment is None else environment

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def waiting(self, link: str) -> None:
        """Show a code to scan; called again with another ``link`` when the first has expired."""
        link = clean(link)
        if self._picture is not None:
            picture_file(link, self._picture)
            self._drawn = self._picture
        if not self._as_json:
            self._draw(link)
        self._state("waiting", link=link, picture=str(self._picture or ""))

    def asked_phone(self) -> None:
        """Report that a known phone was asked to confirm, without a code."""
        self._state("asked-phone")

    def scanned(self, who: str = "") -> None:
        """Report that the code was scanned, by ``who`` if the server names it."""
        self._state("scanned" if who else "scanned-unnamed", who=clean(who, newline=" "))

    def confirmed(self) -> None:
        """Report that the phone has agreed."""
        self._state("confirmed")

    def expired(self) -> None:
        """Report that the code is too old; ``waiting`` with a new one follows."""
        self._state("expired")

    def cancelled(self) -> None:
        """Report that the phone declined; ``waiting`` with a new code follows."""
        self._state("cancelled")

    def hindered(self, why: str) -> None:
        """Report that the server does not answer as it should, and that it is retried."""
        self._state("hindered", why=clean(why, newline=" "))

    def loading(self, have: int, problem: str = "") -> None:
        """Report how many contacts have arrived so far, and what keeps the others from arriving."""
        self._state("loading", have=have)
        if problem:
            self.hindered(problem)

    def ready(self, who: str, contacts: int, groups: int) -> None:
        """Report who is logged in and what was loaded."""
        self._state("ready", who=clean(who, newline=" "), contacts=contacts, groups=groups)

    def refused(self, problem: HongyanError) -> None:
        """Explain in plain words why there is no login, and what to do."""
        barred = isinstance(problem, LoginEnded) and problem.ret == LoginEnded.BARRED
        text = clean(getattr(problem, "said", ""), newline=" ")
        why, advice = explained(problem.code, str(problem), problem.advice, self._language)
        advice = self._words("barred-advice") if barred else advice
        self._state("barred" if barred else "refused", why=why, code=problem.code, advice=advice)
        if self._as_json:
            return
        if barred and text:
            self._tell("  " + self._words("said", said=text))
        if advice:
            self._tell("  " + self._words("advice", advice=advice))

    def close(self) -> None:
        """Remove the picture file."""
        if self._drawn is not None:
            self._drawn.unlink(missing_ok=True)

    def _draw(self, link: str) -> None:
        free = free_cells(_ROWS_OF_TEXT) if self._out.isatty() else None
        drawing = draw(link, style_for(self._out, self._environment), free=free)
        if drawing is None:
            self._tell(self._words("too-small"))
        else:
            self._print("\n".join(drawing.lines))
        self._print(self._words("link", link=link))
        if self._picture is not None:
            self._print(self._words("picture", path=clean(str(self._picture))))

    def _words(self, key: str, /, **values: object) -> str:
        return say(LOGIN, key, self._language, **values)

    def _state(self, name: str, **values: object) -> None:
        if self._as_json:
            given = {key: value for key, value in values.items() if value != ""}
            self._print(json.dumps({"schema": 1, "login": name, **given}, ensure_ascii=False))
        else:
            self._tell(self._words(name, **values))

    def _print(self, text: str) -> None:
        _write(self._out, text)

    def _tell(self, sentence: str) -> None:
        _write(self._err, sentence)


def _write(stream: TextIO, text: str) -> None:
    """Write lines; if the reader has gone, the login goes on without being shown."""
    with contextlib.suppress(BrokenPipeError):
        stream.write(text + "\n")
        stream.flush()
