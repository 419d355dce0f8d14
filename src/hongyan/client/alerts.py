"""Notifies a person that a login ended or the server stays away, with the reason and what to do; it sends no notice itself.

It is a consumer of the journal, so that one program of a profile gives an alert, and gives it again after a crash
rather than not at all.
"""

from __future__ import annotations

import asyncio
import base64
import io
import logging
from typing import TYPE_CHECKING, Any, Final

import segno

from hongyan import reports
from hongyan.clock import deadline
from hongyan.errors import UsageError
from hongyan.files.private_files import replace_file
from hongyan.model.events import LoginChanged, LoginState
from hongyan.model.login_progress import QrReady

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from hongyan.client.alert_settings import AlertSettings
    from hongyan.model.login_progress import LoginProgress
    from hongyan.ports import Store

    Notice = dict[str, Any]

__all__ = ["Alerts"]

_CONSUMER: Final = "hongyan.alerts"
_AGAIN_S: Final = 1.0  # between two tries to become the one program that notifies
_SCALE: Final = 6  # pixels a module
_log = logging.getLogger("hongyan.alerts")


class Alerts:
    """The alerts of one profile. ``deliver(command, webhook, notice)`` carries a notice and raises UsageError where it cannot.

    ``picture`` is where the QR code of a new login is put as a PNG.
    """

    def __init__(
        self,
        store: Store,
        settings: AlertSettings,
        profile: str,
        picture: Path,
        *,
        deliver: Callable[[Sequence[str], str, Notice], Awaitable[None]],
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._settings = settings
        self._profile = profile
        self._picture = picture
        self._deliver = deliver
        self._now = clock
        self._waiting: asyncio.Task[None] | None = None
        self._telling: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Send the alerts, without end."""
        try:
            while True:
                try:
                    await self._follow()
                except UsageError:  # another program of this profile notifies
                    await asyncio.sleep(_AGAIN_S)
        finally:
            self._stop_waiting()
            for task in self._telling:
                task.cancel()

    def login_progress(self, progress: LoginProgress) -> None:
        """Send the code of a new login, and of each that follows when it expires."""
        if not isinstance(progress, QrReady) or self._store.login.status().reason == "":
            return  # nothing ended: a person sits at the keyboard
        task = asyncio.create_task(self._tell(self._code(progress)))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _follow(self) -> None:
        async for recorded in self._store.consumers.feed(_CONSUMER):
            if isinstance(recorded.event, LoginChanged):
                await self._changed(recorded.event, recorded.received_at)
            await self._store.done(_CONSUMER, recorded.seq)

    async def _changed(self, event: LoginChanged, at: float) -> None:
        self._stop_waiting()
        if event.state is LoginState.ENDED:
            await self._tell(self._notice("login-ended", event, at))
        elif event.state is LoginState.DEGRADED:
            self._waiting = asyncio.create_task(self._wait(event, at))

    async def _wait(self, event: LoginChanged, at: float) -> None:
        """Send an alert when the server has been away for long, once."""
        wait, now = self._settings.degraded_after, self._now()
        await asyncio.sleep(max(0.0, deadline(at + wait, now, longest=wait, kept_at=at) - now))
        if self._store.login.status().state is LoginState.DEGRADED:
            await self._tell(self._notice("degraded", event, at))

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _notice(self, kind: str, event: LoginChanged, at: float) -> Notice:
        advice = event.advice or "Nothing needs to be done: the client goes on trying and loses nothing."
        return {
            "schema": 1,
            "alert": kind,
            "profile": self._profile,
            "reason": event.reason,
            "advice": advice,
            "since": at,
        }

    def _code(self, code: QrReady) -> Notice:
        qr = segno.make(code.text, error="l", micro=False)
        drawn, png = io.StringIO(), io.BytesIO()
        qr.terminal(drawn, compact=True)
        qr.save(png, kind="png", scale=_SCALE)
        replace_file(self._picture, png.getvalue())
        return {
            "schema": 1,
            "alert": "code",
            "profile": self._profile,
            "reason": self._store.login.status().reason,
            "advice": "Scan the code with the phone; the program that runs goes on by itself.",
            "since": self._now(),
            "renewal": code.renewal,
            "link": code.text,
            "text": drawn.getvalue(),
            "png": base64.b64encode(png.getvalue()).decode(),
            "png_file": str(self._picture),
        }

    async def _tell(self, notice: Notice) -> None:
        try:
            await self._deliver(self._settings.command, self._settings.webhook, notice)
        except UsageError as problem:
            _log.warning("an alert could not be delivered: %s", problem)
        except Exception as fault:  # noqa: BLE001  # the next alert is given all the same
            reports.note(fault, doing="delivering an alert")
