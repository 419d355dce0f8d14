"""Turns the machine's news of a login into what faces are told; it makes no login."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.model import login_progress as told
from hongyan.webwx import machine_events as wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hongyan.model.login_progress import LoginProgress

__all__ = ["progress_of"]

_TOLD: Final[Mapping[type, Callable[..., LoginProgress]]] = {
    wire.QrReady: lambda n: told.QrReady(n.text, n.image_url, n.renewal),
    wire.PhoneAsked: lambda _: told.AskedPhone(),
    wire.PushRefused: lambda n: told.PhoneDeclined(n.said),
    wire.Scanned: lambda n: told.Scanned(n.avatar),
    wire.Confirmed: lambda _: told.Confirmed(),
    wire.Cancelled: lambda _: told.Cancelled(),
    wire.Expired: lambda _: told.Expired(),
    wire.Hindered: lambda n: told.Hindered(n.reason),
}


def progress_of(news: wire.MachineEvent) -> LoginProgress | None:
    """Return what faces are told of a piece of news, or None where it is not theirs."""
    make = _TOLD.get(type(news))
    return make(news) if make else None
