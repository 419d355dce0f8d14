"""Listens for one emulated service and owns its lifetime; independent of what its calls answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from hongyan.emulator import call
from hongyan.emulator.calls import contacts, login, manage, media, misc, send, sync
from hongyan.emulator.control import attach_control
from hongyan.emulator.core import AuthLevel, ServiceOptions
from hongyan.emulator.dispatch import attach
from hongyan.emulator.service import Service

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from hongyan.emulator.clock import Clock
    from hongyan.emulator.faults import Faults
    from hongyan.emulator.world import World

__all__ = ["ENDPOINTS", "Emulator"]

# aiohttp takes 0 as "no limit" for plain bodies, but as a limit of nothing for the parts of a form.
_LAST_PORT = 65_535
_BODY_LIMIT = 128 * 1024 * 1024

_ROUTES = [
    *login.ROUTES,
    *contacts.ROUTES,
    *sync.ROUTES,
    *send.ROUTES,
    *media.ROUTES,
    *manage.ROUTES,
    *misc.ROUTES,
]

ENDPOINTS = tuple(dict.fromkeys(route.endpoint for route in _ROUTES))
"""The names of the endpoints, as faults and counts call them."""


class Emulator(Service):
    """Web WeChat on one port of this machine, for the accounts of one or several worlds.

    `auth` is `real`, `strict` or `lax`. `poll_seconds` is how long a poll is held, in real time. `state` is a folder that
    keeps logins, event logs and media through a restart, `kill -9` too. `kick_on_login`: a new login ends the others.
    `check_key_lags`: SyncCheckKey stays one event behind. `contact_page` is the size of a page of the contact book.
    `media_seconds` is how long files can be fetched. `remarks_work` and `member_calls_work` False is the service of late
    years: remarks are answered with 0 and ignored (2023), member calls of groups with 1 (2018).
    Raises ValueError for a world that does not fit together.
    """

    def __init__(
        self,
        world: World | Sequence[World],
        *,
        auth: AuthLevel | str = AuthLevel.REAL,
        poll_seconds: float = 25.0,
        clock: Clock | None = None,
        state: Path | str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        faults: Faults | None = None,
        kick_on_login: bool = True,
        check_key_lags: bool = False,
        contact_page: int = 1000,
        media_seconds: float = 14 * 86400.0,
        remarks_work: bool = True,
        member_calls_work: bool = True,
    ) -> None:
        super().__init__(
            list(world) if isinstance(world, Sequence) else [world],
            ServiceOptions(
                auth=_level(auth),
                poll_seconds=_seconds("poll_seconds", poll_seconds),
                kick_on_login=kick_on_login,
                check_key_lags=check_key_lags,
                contact_page=contact_page,
                media_seconds=_seconds("media_seconds", media_seconds),
                remarks_work=remarks_work,
                member_calls_work=member_calls_work,
            ),
            endpoints=ENDPOINTS,
            clock=clock,
            faults=faults,
            state=Path(state) if state is not None else None,
        )
        self._wanted = (host, _port(port))
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Read the state, if there is one, and listen.

        Raises OSError where the port is taken, StateUnusable (one, too) where the state is damaged or in use.
        """
        try:
            self.open()
            await self._listen()
        except BaseException:
            await self._let_go()
            raise

    async def _listen(self) -> None:
        self.clock.watch(self.notifier.ring)
        application = web.Application(client_max_size=_BODY_LIMIT)
        attach(self, application, _ROUTES)
        attach_control(self, application)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0, logger=call.log)
        await self._runner.setup()
        host, port = self._wanted
        await web.TCPSite(self._runner, host, port, backlog=2048).start()
        self.address = (host, int(self._runner.addresses[0][1]))

    async def close(self) -> None:
        """Let parked polls go, end all connections, write the state. May be called twice."""
        if self._runner is None:
            return
        self.stopping = True
        self.notifier.ring()
        self.closing.ring()
        for each in self.logins():
            each.log.wake()
        await self._let_go()

    async def _let_go(self) -> None:
        """Close everything that is open, also after a start that failed half-way."""
        runner, self._runner, self.address = self._runner, None, None
        if runner is not None:
            await runner.cleanup()
        self.shut()

    @property
    def server(self) -> web.Server:
        """The web server behind the port, for a listener in front of it. Raises RuntimeError when not started."""
        if self._runner is None or self._runner.server is None:
            raise RuntimeError("the emulator is not started")
        return self._runner.server

    @property
    def port(self) -> int:
        """The port that is listened on. Raises RuntimeError when not started."""
        if self.address is None:
            raise RuntimeError("the emulator is not started")
        return self.address[1]


def _port(port: object) -> int:
    if isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= _LAST_PORT:
        raise ValueError(f"{port!r} is not a port; give a number from 0 (a free one) to {_LAST_PORT}")
    return port


def _seconds(name: str, seconds: object) -> float:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds < math.inf:
        raise ValueError(f"{name} is a number of seconds, not {seconds!r}")
    return seconds


def _level(auth: str) -> AuthLevel:
    if auth not in set(AuthLevel):
        raise ValueError(f"unknown level {auth!r}; there are: {', '.join(AuthLevel)}")
    return AuthLevel(auth)
