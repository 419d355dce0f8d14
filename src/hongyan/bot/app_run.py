"""One run of an app over one account, from waiting for the login to its end; independent of the handlers."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final, Protocol

from hongyan.bot.contexts import EventContext, MessageContext, NoticeContext
from hongyan.bot.dispatcher import Dispatcher
from hongyan.bot.filters import names_in
from hongyan.bot.handlers import STOP, call_all, call_handler
from hongyan.bot.kinds import from_service_account, takes, tells_of
from hongyan.errors import LoginEnded, StorageError
from hongyan.model.events import LoginChanged, LoginState, MessageReceived
from hongyan.model.numbers import whole

if TYPE_CHECKING:
    from hongyan.bot.handlers import Callbacks, Registered
    from hongyan.bot.loop_guard import LoopGuard
    from hongyan.client.account import Account, Delivery, Incoming
    from hongyan.model.events import Event

__all__ = ["AppRun"]

log = logging.getLogger("hongyan.bot")

_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 60.0
_STOPPING: Final = 0.4  # seconds that each on_stop has: a stopped app ends within two


class RunnableApp(Protocol):
    """What a run needs of an app."""

    name: str
    own: bool
    official: bool
    time_limit: float
    side_by_side: int
    guard: LoopGuard
    handlers: list[Registered]
    callbacks: Callbacks


class AppRun:
    """One run. Events are collected from the start; they are handled once the account is ready."""

    def __init__(self, app: RunnableApp, account: Account) -> None:
        self._app = app
        self._account = account
        self._ended: asyncio.Future[LoginEnded] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Handle events until cancelled; raise LoginEnded, or what ended the reading."""
        app = self._app
        feed = self._account.deliveries(app.name or "bot")
        dispatcher = Dispatcher(feed, self._wanted, self._handle, side_by_side=app.side_by_side)
        over = await dispatcher.start()
        begun = False
        try:
            await self._until_ready(over)
            begun = True
            self._warn_of_names()
            await call_all(app.callbacks.start, self._account, app.time_limit)
            dispatcher.open()
            either: set[asyncio.Future[Any]] = {over, self._ended}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await dispatcher.stop()
            if begun:
                await call_all(app.callbacks.stop, self._account, _STOPPING)
        if self._ended.done():
            raise self._ended.result()
        over.result()

    async def _until_ready(self, over: asyncio.Future[None]) -> None:
        """Wait for the account, or for an error in reading: a name that is taken does not wait for a login."""
        ready = asyncio.create_task(self._account.ready(), name="account ready")
        try:
            await asyncio.wait({ready, over}, return_when=asyncio.FIRST_COMPLETED)
            if over.done():
                over.result()
            await ready
        finally:
            ready.cancel()
            await asyncio.wait({ready})

    def _warn_of_names(self) -> None:
        """Log the keys of the people that conditions name: names are chosen by others."""
        for name in sorted({name for handler in self._app.handlers for name in names_in(handler.where)}):
            keys = [chat.key for chat in self._account.people.candidates(name)]
            known = (
                f'write from_key("{keys[0]}")' if len(keys) == 1 else f"{len(keys)} contacts are called so"
            )
            log.warning("from_(%r): others may take a name; %s", name, known)

    def _wanted(self, delivery: Delivery) -> bool:
        recorded = delivery.recorded
        if _is_end(recorded.event):
            return True
        if (
            isinstance(recorded.event, MessageReceived)
            and recorded.event.message.outgoing
            and not self._app.own
        ):
            return False
        return any(takes(handler.kinds, recorded) for handler in self._app.handlers)

    async def _handle(self, delivery: Delivery) -> None:
        incoming = delivery.incoming
        if incoming is not None and not self._admits(incoming):
            return
        if incoming is not None and not delivery.recorded.redelivered:
            self._app.guard.heard(incoming)
        for handler in self._app.handlers:
            if not takes(handler.kinds, delivery.recorded):
                continue
            if await self._called(delivery, handler) is STOP:
                break
        if _is_end(delivery.recorded.event):
            await self._end(delivery)

    async def _called(self, delivery: Delivery, handler: Registered) -> object:
        """Run a handler; where there was no room for what it sends, run it again until there is.

        Its sends have the same keys each time, so that nothing is sent twice; the events of the chat wait behind it.
        """
        pause = _FIRST_PAUSE_S
        own = delivery.to(handler.id)
        while True:
            outcome = await call_handler(handler, self._context(own, handler))
            if not (own.unstored and isinstance(outcome, StorageError)):
                return outcome
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_S)
            own = own.again()

    def _admits(self, incoming: Incoming) -> bool:
        return self._app.official or incoming.message.outgoing or not from_service_account(incoming)

    def _context(self, own: Delivery, handler: Registered) -> EventContext:
        """Return the event for one handler, whose sends are counted under the handler's id."""
        incoming = own.incoming
        if incoming is None:
            return EventContext(self._account, own)
        kind = NoticeContext if tells_of(handler.kinds, incoming.message) else MessageContext
        return kind(self._account, own, incoming, self._app.guard)

    async def _end(self, delivery: Delivery) -> None:
        """End the run with the login, unless it is an old end: the journal may hold several."""
        if self._account.status().state is not LoginState.ENDED or self._ended.done():
            return
        happened = EventContext(self._account, delivery.to("on_login_ended"))
        await call_all(self._app.callbacks.login_ended, happened, self._app.time_limit)
        event = delivery.recorded.event
        number = event.reason.rpartition(".")[2] if isinstance(event, LoginChanged) else ""
        self._ended.set_result(LoginEnded(whole(number)))


def _is_end(event: Event) -> bool:
    return isinstance(event, LoginChanged) and event.state is LoginState.ENDED
