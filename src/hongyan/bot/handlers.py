"""Handlers as they are registered, and how one is called: within its time limit; failures go to the log."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeVar

from hongyan.bot.dispatcher import HandlerBroke, run_limited
from hongyan.bot.filters import holds
from hongyan.bot.validation import checked_one_argument
from hongyan.errors import ChatPaused, HongyanError, UsageError
from hongyan.model.events import Event
from hongyan.model.messages import Message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hongyan.bot.contexts import EventContext
    from hongyan.bot.filters import Condition
    from hongyan.bot.kinds import Kinds

__all__ = [
    "STOP",
    "Callbacks",
    "Handler",
    "Registered",
    "Registers",
    "Stop",
    "call_all",
    "call_handler",
    "checked_handler",
    "handler_id",
]

log = logging.getLogger("hongyan.bot")

Handler = Callable[[Any], Coroutine[Any, Any, object]]
"""An async function of one argument."""

C = TypeVar("C")
R = TypeVar("R")


class Registers(Protocol[C]):
    """Registers an async function that takes a ``C``, and returns it."""

    def __call__(
        self, handler: Callable[[C], Coroutine[Any, Any, R]], /
    ) -> Callable[[C], Coroutine[Any, Any, R]]:
        """Register ``handler``; UsageError where it is not async or takes something else."""


class Stop(Enum):
    """The type of ``STOP``."""

    STOP = "stop"


STOP: Final[Literal[Stop.STOP]] = Stop.STOP
"""What a handler returns so that the handlers after it do not get this event."""


EVENTS: Final[tuple[type, ...]] = Event.__args__


@dataclass(frozen=True, slots=True)
class Registered:
    """A handler with what it is for; ``id`` is its lasting name (``module:qualname``), under which its sends are counted."""

    kinds: Kinds
    where: Condition | None
    call: Handler
    time_limit: float
    id: str


@dataclass(slots=True)
class Callbacks:
    """What an app calls besides its handlers, in order of registration."""

    start: list[Handler] = field(default_factory=list)
    stop: list[Handler] = field(default_factory=list)
    login_ended: list[Handler] = field(default_factory=list)


def checked_handler(handler: Handler) -> Handler:
    """Return an async function, or object with an async ``__call__``, as it is; UsageError for anything else."""
    call = handler if inspect.isroutine(handler) else type(handler).__call__
    if not inspect.iscoroutinefunction(call):
        name = _name(handler)
        raise UsageError(f"the handler {name} is not async", f"Write: async def {name}(message): ...")
    _check_parameters(handler)
    return handler


def _check_parameters(handler: Handler) -> None:
    """UsageError where a handler could not be called with one argument, or takes it for what it is not."""
    name = _name(handler)
    bound = checked_one_argument(handler, f"the handler {name}", f"Write: async def {name}(message): ...")
    if bound is None:
        return
    first = next(iter(bound.arguments), "")
    wanted = bound.signature.parameters[first].annotation if first else None
    if isinstance(wanted, str):
        wanted = getattr(handler, "__globals__", {}).get(wanted)
    if isinstance(wanted, type) and issubclass(wanted, (Message, *EVENTS)):
        raise UsageError(
            f"the handler {name} takes a {wanted.__name__}, but handlers get the message with its surroundings",
            f"Write: async def {name}({first}: MessageContext); {first}.message is the {wanted.__name__}.",
        )


def handler_id(handler: Handler) -> str:
    """Return a handler's lasting name: ``module:qualname`` of the function, or of the class of an object."""
    named = handler if hasattr(handler, "__qualname__") else type(handler)
    return f"{named.__module__}:{_name(handler)}"


async def call_handler(handler: Registered, message: EventContext) -> object:
    """Run a handler within its limits and return what it returned; what goes wrong is logged with the event.

    An error of the tree that it raised is returned.
    """
    name = _name(handler.call)
    try:
        outcome = await run_limited(_filtered(handler, message), handler.time_limit)
    except ChatPaused as pause:
        log.debug("event %d: %s", message.seq, pause.code)
    except _OutOfTime:
        log.exception("event %d: %s failed", message.seq, name)
    except TimeoutError:
        limit = handler.time_limit
        log.warning("event %d: %s took more than %g s and was cancelled", message.seq, name, limit)
    except HandlerBroke as broke:
        log.warning("event %d: %s failed: %s", message.seq, name, broke, exc_info=broke.__cause__)
    except HongyanError as error:
        log.warning("event %d: %s failed: %s (%s)", message.seq, name, error, error.code)
        return error
    except Exception:
        log.exception("event %d: %s failed", message.seq, name)
    else:
        log.info("event %d: %s is through", message.seq, name)
        return outcome
    return None


async def call_all(callbacks: Iterable[Handler], argument: object, limit: float) -> None:
    """Run callbacks one after another, each for ``limit`` seconds at most; what goes wrong is logged."""
    for callback in callbacks:
        try:
            await run_limited(callback(argument), limit)
        except Exception:
            log.exception("%s failed", _name(callback))


async def _filtered(handler: Registered, message: EventContext) -> object:
    try:
        if handler.where is not None and not await holds(handler.where, message):
            return None
        return await handler.call(message)
    except TimeoutError as error:
        raise _OutOfTime from error


class _OutOfTime(Exception):
    """Something within the handler ran out of time, which is not the handler's own limit."""


def _name(handler: object) -> str:
    return str(getattr(handler, "__qualname__", type(handler).__qualname__))
