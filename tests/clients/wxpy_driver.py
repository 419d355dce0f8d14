"""Knows how to carry out the test's orders through wxpy's public API; refuses to know the emulator.

The talk is that of `itchat_driver.py`; wxpy is asked for less.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import threading
import traceback
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_out = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)

import wxpy  # type: ignore[import-not-found]  # noqa: E402 - after the lines above; lives in the client's environment

_lock = threading.Lock()
_bots: list[Any] = []
_messages: dict[str, Any] = {}


def say(**line: Any) -> None:
    with _lock:
        print(json.dumps(line), file=_out, flush=True)


def login() -> None:
    def show(uuid: str, status: str, qrcode: bytes) -> None:
        if status == "0":
            say(event="code", uuid=uuid, png=len(qrcode))

    bot = wxpy.Bot(qr_callback=show, login_callback=lambda: None, logout_callback=lambda: say(event="logout"))
    _bots.append(bot)
    bot.register(except_self=True)(on_message)
    say(event="login", name=bot.self.nick_name)


def on_message(message: Any) -> None:
    _messages[str(message.id)] = message
    member = message.member
    say(
        event="message",
        kind=message.type.lower(),
        id=str(message.id),
        chat=message.chat.nick_name,
        sender=member.nick_name if member else "",
        text=message.text or "",
    )


def contacts() -> dict[str, Any]:
    bot = _bots[0]
    return {
        "friends": sorted(one.nick_name for one in bot.friends()[1:]),
        "officials": sorted(one.nick_name for one in bot.mps()),
        "groups": sorted(one.nick_name for one in bot.groups()),
    }


def send(way: str, to: str, what: str) -> dict[str, str]:
    bot = _bots[0]
    chat = bot.file_helper if to == "filehelper" else next(iter(bot.search(nick_name=to)))
    sent = getattr(chat, way)(what)
    return {"id": str(sent.id), "local": str(sent.local_id)}


ORDERS: dict[str, Callable[..., Any]] = {
    "login": login,
    "contacts": contacts,
    "send_text": lambda to, text: send("send", to, text),
    "send_picture": lambda to, path: send("send_image", to, path),
    "send_file": lambda to, path: send("send_file", to, path),
    "picture": lambda of: base64.b64encode(_messages[of].get_file()).decode(),
}


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        try:
            say(answer=ORDERS[order.pop("order")](**order))
        except BaseException:  # noqa: BLE001 - whatever it was, the test is to see it
            say(error=traceback.format_exc())
    os._exit(0)  # the client's threads are not all daemons


main()
