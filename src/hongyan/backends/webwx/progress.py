"""Turns the machine's events of a login into what front ends show of it; it makes no login."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.model import login_progress as model
from hongyan.webwx import machine_events as wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hongyan.model.login_progress import LoginProgress

__all__ = ["progress_of"]

_PROGRESS: Final[Mapping[type, Callable[..., LoginProgress]]] = {
    wire.QrIssued: lambda n: model.QrReady(n.text, n.image_url, n.renewal),
    wire.PhoneAsked: lambda _: model.AskedPhone(),
    wire.PushRefused: lambda n: model.PhoneDeclined(n.err_msg),
    wire.QrScanned: lambda n: model.Scanned(n.avatar),
    wire.LoginConfirmed: lambda _: model.Confirmed(),
    wire.LoginCancelled: lambda _: model.Cancelled(),
    wire.QrExpired: lambda _: model.Expired(),
    wire.LoginHindered: lambda n: model.Hindered(n.reason),
}


def progress_of(event: wire.MachineEvent) -> LoginProgress | None:
    """Return what front ends show of an event, or None where it is not for them."""
    make = _PROGRESS.get(type(event))
    return make(event) if make else None
