"""Turns the machine's events of a login into what front ends show of it; it makes no login."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.model import login_progress as told
from hongyan.webwx import machine_events as wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hongyan.model.login_progress import LoginProgress

__all__ = ["progress_of"]

_PROGRESS: Final[Mapping[type, Callable[..., LoginProgress]]] = {
    wire.QrIssued: lambda n: told.QrReady(n.text, n.image_url, n.renewal),
    wire.PhoneAsked: lambda _: told.AskedPhone(),
    wire.PushRefused: lambda n: told.PhoneDeclined(n.err_msg),
    wire.QrScanned: lambda n: told.Scanned(n.avatar),
    wire.LoginConfirmed: lambda _: told.Confirmed(),
    wire.LoginCancelled: lambda _: told.Cancelled(),
    wire.QrExpired: lambda _: told.Expired(),
    wire.LoginHindered: lambda n: told.Hindered(n.reason),
}


def progress_of(event: wire.MachineEvent) -> LoginProgress | None:
    """Return what front ends show of an event, or None where it is not for them."""
    make = _PROGRESS.get(type(event))
    return make(event) if make else None
