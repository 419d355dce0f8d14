"""Makes the TLS context of a program that trusts an additional certificate authority; the system's stay trusted."""

from __future__ import annotations

import ssl
from pathlib import Path

from hongyan.errors import UsageError

__all__ = ["trusting"]


def trusting(ca: str) -> ssl.SSLContext | None:
    """Return a context that trusts the PEM certificates in the file ``ca`` as well; None (the usual context) without a file.

    UsageError where the file cannot be read or holds none.
    """
    if not ca:
        return None
    path = Path(ca).expanduser()
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(cafile=path)
    except ssl.SSLError as error:
        raise UsageError(
            f"{path.name} holds no certificate in PEM form", "Give the authority's certificate: --ca FILE."
        ) from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", "") or "it is not a file"
        raise UsageError(
            f"{path.name} cannot be read: {why}", "Give the authority's certificate: --ca FILE."
        ) from error
    return context
