"""Knows how to lead an unmodified Python client to the emulator; refuses to know which client it is.

Python imports this by itself in a child whose PYTHONPATH names the folder. HONGYAN_NAMES lists the host names that are
answered at HONGYAN_PORT of the loopback address; every other name is unknown, so that no test reaches the network.
It also puts back what newer Pythons have taken out of the standard library and old clients still call.
"""

from __future__ import annotations

import collections
import collections.abc
import html
import html.parser
import ipaddress
import os
import socket
import threading
from typing import Any

NAMES = frozenset(filter(None, os.environ.get("HONGYAN_NAMES", "").split(",")))
PORT = int(os.environ.get("HONGYAN_PORT", "0"))

_getaddrinfo = socket.getaddrinfo


def getaddrinfo(host: Any, port: Any, *rest: Any, **named: Any) -> Any:
    """As `socket.getaddrinfo`, with the names of the service at the emulator's port."""
    name = host.decode() if isinstance(host, bytes) else host
    if name in NAMES:
        return _getaddrinfo("127.0.0.1", PORT, *rest, **named)
    if name in {None, "localhost"} or _is_address(name):
        return _getaddrinfo(host, port, *rest, **named)
    raise socket.gaierror(socket.EAI_NONAME, f"{name} is outside the test")


def _is_address(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


socket.getaddrinfo = getaddrinfo

# Gone since 3.9: itchat, itchat-uos and wxpy call it for every message.
if not hasattr(html.parser.HTMLParser, "unescape"):
    html.parser.HTMLParser.unescape = staticmethod(html.unescape)  # type: ignore[attr-defined] # that is the point

# Gone since 3.10.
for name in ("Callable", "Iterable", "Mapping", "MutableMapping", "Sequence"):
    if not hasattr(collections, name):
        setattr(collections, name, getattr(collections.abc, name))

# Deprecated since 3.10, and to go.
if not hasattr(threading.Thread, "setDaemon"):
    setattr(threading.Thread, "setDaemon", lambda self, daemon: setattr(self, "daemon", daemon))  # noqa: B010 - for mypy
