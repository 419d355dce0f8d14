"""itchat as a peer: as `ours.py`, through its public API, in its own environment."""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from pathlib import Path
from typing import Any

_out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

import itchat  # type: ignore[import-not-found]  # noqa: E402  # after the lines above; lives in its own environment

_texts: list[str] = []
_at: list[float] = []
_stretch: dict[str, float] = {}
_PORTION = 50


def cpu() -> float:
    """Return the CPU seconds of this process, user and system."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def memory(what: str) -> float:
    """Return a line of this process's status in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(what)).split()[1]) / 1024


def tell(**figures: Any) -> None:
    """Write figures."""
    figures |= {"cpu": cpu(), "peak": memory("VmHWM"), "rss": memory("VmRSS")}
    print(json.dumps(figures), file=_out, flush=True)


@itchat.msg_register(["Text"], isFriendChat=True, isGroupChat=True)  # type: ignore[untyped-decorator]  # no types
def on_text(message: Any) -> None:
    """Count, and tell when all are there."""
    _texts.append(message["Text"])
    _at.append(time.monotonic())
    count = int(_stretch["count"])
    if len(_texts) == count:
        at = list(_at) if count <= 1_000 else _at[-1:]
        tell(spent=cpu() - _stretch["cpu"], distinct=len(set(_texts)), at=at)


itchat.auto_login(qrCallback=lambda **_: None, loginCallback=lambda: None, exitCallback=lambda: None)
names = [room["UserName"] for room in itchat.get_chatrooms()]
for begin in range(0, len(names), _PORTION):
    itchat.update_chatroom(names[begin : begin + _PORTION])
rooms = itchat.get_chatrooms()
tell(
    ready=time.monotonic(),
    friends=len(itchat.get_friends()) - 1,
    full=sum(bool(room.get("MemberList")) for room in rooms),
)
threading.Thread(target=lambda: itchat.run(blockThread=True), daemon=True).start()
for line in sys.stdin:
    _texts.clear()
    _at.clear()
    _stretch.update(count=int(line), cpu=cpu())
    tell(begun=True)
os._exit(0)
