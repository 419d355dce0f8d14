"""No value that opens an account is shown by anything that shows values: found by its types, so a new one is in here."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import io
import pkgutil
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from rich.console import Console
from rich.pretty import pretty_repr
from rich.traceback import Traceback

import hongyan
from hongyan import reports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CANARY = "canary7Fq0"
_SECRET = frozenset(
    {
        *(
            "sid",
            "wxsid",
            "skey",
            "uin",
            "wxuin",
            "pass_ticket",
            "cookies",
            "cookie",
            "uuid",
            "aes_key",
            "secret",
        ),
        *("headers", "data_ticket", "webwx_data_ticket", "password", "token", "proxy"),
    }
)


def _kinds() -> Iterator[type]:
    """Yield every class of ours with a field that is named like a secret; the emulator's accounts are invented."""
    for found in pkgutil.walk_packages(hongyan.__path__, "hongyan."):
        if found.name.endswith("__main__") or found.name.startswith("hongyan.emulator"):
            continue
        module = importlib.import_module(found.name)
        for kind in vars(module).values():
            if inspect.isclass(kind) and kind.__module__ == found.name and _SECRET & set(_fields(kind)):
                yield kind


def _fields(kind: type) -> tuple[str, ...]:
    if issubclass(kind, msgspec.Struct):
        return kind.__struct_fields__
    return tuple(f.name for f in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


def _filled(kind: type) -> Any:
    """Return an object whose secret fields hold the canary, whatever their types."""
    values: dict[str, Any] = {}
    for name in _fields(kind):
        told = _CANARY if name in _SECRET else "http://127.0.0.1:9" if name == "url" else "other"
        values[name] = {"name": told} if "cookie" in name else (("x", told),) if name == "headers" else told
    return kind(**values)  # whose types nobody checks


def _drawn(held: object) -> str:
    return str(pretty_repr({"x": held}))


_ALL = list(_kinds())


def test_there_are_some() -> None:
    """The walk finds what is known to hold secrets."""
    assert {"Credentials", "Keepsake", "Request", "Response", "Webhook"} <= {kind.__name__ for kind in _ALL}


@pytest.mark.parametrize("kind", _ALL, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_a_value_that_holds_a_secret_does_not_show_it(kind: type) -> None:
    """Neither alone nor within something, neither plain nor by the library that draws tracebacks."""
    held = _filled(kind)
    ways: list[Callable[[object], str]] = [repr, lambda it: str([it]), lambda it: f"{it}", _drawn]
    for shown in ways:
        try:
            said = shown(held)
        except (AttributeError, TypeError) as problem:  # a canary where a number belongs
            said = str(problem)
        assert _CANARY not in said


@pytest.mark.parametrize("kind", _ALL, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_a_crash_beside_a_secret_does_not_show_it(kind: type) -> None:
    """In a report, and even in a traceback that draws locals."""
    held = _filled(kind)

    def crash(value: object) -> None:
        raise ValueError(value)

    with pytest.raises(ValueError) as caught:
        crash(held)
    fault = caught.value
    assert _CANARY not in reports.text_of(fault, doing="a test")
    drawn = io.StringIO()
    shown = Traceback.from_exception(type(fault), fault, fault.__traceback__, show_locals=True)
    Console(file=drawn, width=200).print(shown)
    assert "crash" in drawn.getvalue()
    assert f"'{_CANARY}'" not in drawn.getvalue()
