"""A bot: named handlers for kinds of messages and events, run over an account; it opens no connection and no file."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

from hongyan.bot.app_run import AppRun
from hongyan.bot.filters import checked_condition
from hongyan.bot.handlers import Callbacks, Handler, Registered, checked_handler, handler_id
from hongyan.bot.kinds import checked_kinds
from hongyan.bot.loop_guard import LoopGuard, LoopLimits, Loops
from hongyan.bot.validation import checked_count, checked_flag, checked_limit, checked_words
from hongyan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Sequence
    from types import UnionType

    from hongyan.bot.contexts import EventContext, MessageContext, NoticeContext
    from hongyan.bot.filters import Condition
    from hongyan.bot.handlers import Registers
    from hongyan.client.account import Account
    from hongyan.model.events import Event, LoginChanged, MessageReceived
    from hongyan.model.messages import Message
    from hongyan.model.notices import NoticeEvent

    C = TypeVar("C")
    N = TypeVar("N", bound=NoticeEvent)
    M = TypeVar("M", bound=Message)
    M2 = TypeVar("M2", bound=Message)
    E = TypeVar("E", bound=Event)
    Where = Callable[[C], object | Awaitable[object]] | None
    Started = TypeVar("Started", bound=Callable[[Account], Coroutine[Any, Any, object]])
    Ended = TypeVar("Ended", bound=Callable[[EventContext[LoginChanged]], Coroutine[Any, Any, object]])

__all__ = ["App"]

H = TypeVar("H", bound=Handler)

_TIME_LIMIT: Final = 60.0
_LOOPS: Final = LoopLimits()


class App:
    """A bot. Handlers are registered with ``on`` and run by ``run``.

    ``name`` is under which the app's place in the journal is kept; two apps that run on one account need two names.
    Handlers get what people write. ``own``: also what this account writes on other devices; ``official``: also what
    official and special accounts write. ``time_limit`` is in seconds, per handler; ``side_by_side`` is how many chats
    are served at a time. ``loops`` is when answers in a chat are paused because two bots seem to talk; None: never.
    """

    def __init__(
        self,
        name: str = "",
        *,
        own: bool = False,
        official: bool = False,
        time_limit: float = _TIME_LIMIT,
        side_by_side: int = 64,
        loops: LoopLimits | None = _LOOPS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if loops is not None and not isinstance(loops, LoopLimits):
            raise UsageError(
                f"loops={loops!r} is not a LoopLimits", "Write loops=LoopLimits(…), or loops=None."
            )
        self.name = checked_words(name, "a name for an app", 'Write: App("echo")', may_be_empty=True)
        self.own = checked_flag(own, "own")
        self.official = checked_flag(official, "official")
        self.time_limit = checked_limit(time_limit)
        self.side_by_side = checked_count(side_by_side, "side_by_side")
        self.guard = LoopGuard(Loops(loops) if loops is not None else None, clock)
        self.handlers: list[Registered] = []
        self.callbacks = Callbacks()

    def __repr__(self) -> str:
        return f"<App {self.name!r} with {len(self.handlers)} handlers>"

    @overload
    def on(
        self,
        kinds: type[N],
        where: Where[NoticeContext[N]] = None,
        *,
        time_limit: float | None = None,
        id: str = "",
    ) -> Registers[NoticeContext[N]]: ...
    @overload
    def on(
        self,
        kinds: type[M],
        where: Where[MessageContext[M]] = None,
        *,
        time_limit: float | None = None,
        id: str = "",
    ) -> Registers[MessageContext[M]]: ...
    @overload
    def on(
        self,
        kinds: tuple[type[M], type[M2]],
        where: Where[MessageContext[M | M2]] = None,
        *,
        time_limit: float | None = None,
        id: str = "",
    ) -> Registers[MessageContext[M | M2]]: ...
    @overload
    def on(
        self,
        kinds: type[MessageReceived],
        where: Where[MessageContext[Message]] = None,
        *,
        time_limit: float | None = None,
        id: str = "",
    ) -> Registers[MessageContext[Message]]: ...
    @overload
    def on(
        self,
        kinds: type[E],
        where: Where[EventContext[E]] = None,
        *,
        time_limit: float | None = None,
        id: str = "",
    ) -> Registers[EventContext[E]]: ...
    @overload
    def on(
        self,
        kinds: UnionType | Sequence[type[Any]],
        where: Where[Any] = None,
        *,
        time_limit: float | None = None,
        id: str = "",
    ) -> Callable[[H], H]: ...
    def on(
        self,
        kinds: object,
        where: Condition | None = None,
        *,
        time_limit: float | None = None,
        id: str = "",  # noqa: A002  # what a handler's lasting name is called everywhere
    ) -> Callable[[H], H]:
        """Register an async handler for a kind, or for several (a tuple, or ``Text | Picture``), where ``where`` holds.

        Kinds: see ``hongyan.bot.kinds.checked_kinds``. Handlers get a ``MessageContext`` for messages, a ``NoticeContext``
        for notices of the service, and an ``EventContext`` for other events. All that fit are called, in order of registration, until one returns ``STOP``.

        ``id`` is the handler's lasting name, ``module:qualname`` where none is given. What a handler sends for an event is
        counted under it, so that it happens once: keep it when you rename a function while a bot is in use.
        """
        listed = checked_kinds(kinds)
        if where is not None:
            checked_condition(where)
        limit = self.time_limit if time_limit is None else checked_limit(time_limit)
        checked_words(id, "a handler's id", 'Write: id="greet"', may_be_empty=True)

        def register(handler: H) -> H:
            call = checked_handler(handler)
            self.handlers.append(
                Registered(listed, where, call, limit, self._free(id or handler_id(handler)))
            )
            return handler

        return register

    def _free(self, name: str) -> str:
        """Return ``name``, with a number where it is taken: handlers made by one function have one name."""
        taken = {handler.id for handler in self.handlers}
        names = (name if n == 1 else f"{name}#{n}" for n in range(1, len(taken) + 2))
        return next(free for free in names if free not in taken)

    def on_start(self, callback: Started) -> Started:
        """Call ``callback(account)`` when the account is ready, before the first event."""
        self.callbacks.start.append(checked_handler(callback))
        return callback

    def on_stop(self, callback: Started) -> Started:
        """Call ``callback(account)`` when the app ends, after the last event; it has less than half a second."""
        self.callbacks.stop.append(checked_handler(callback))
        return callback

    def on_login_ended(self, callback: Ended) -> Ended:
        """Call ``callback(happened)`` when a person has to log in again; ``run`` raises LoginEnded afterwards."""
        self.callbacks.login_ended.append(checked_handler(callback))
        return callback

    async def run(self, account: Account) -> None:
        """Handle the account's events until cancelled; raises LoginEnded when the login is over.

        A cancelled run lets handlers finish for about a second, cancels the rest, and ends within two. What was not
        finished comes again at the next run, with ``redelivered``.
        """
        await AppRun(self, account).run()
