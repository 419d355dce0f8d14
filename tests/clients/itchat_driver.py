"""Knows how to carry out the test's orders through itchat's public API; refuses to know the emulator.

Orders come as JSON lines on standard input (`{"order": ..., ...}`), answers and events go out as JSON lines on standard
output (`{"answer": ...}`, `{"error": ...}`, `{"event": ..., ...}`). The same file drives itchat and itchat-uos: their APIs
are the same.
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

# The client prints to standard output as it likes; that goes to standard error, the lines of this talk stay clean.
_out = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)

import itchat  # type: ignore[import-not-found]  # noqa: E402 - after the lines above; lives in the client's environment

_lock = threading.Lock()
_pictures: dict[str, Any] = {}


def say(**line: Any) -> None:
    with _lock:
        print(json.dumps(line), file=_out, flush=True)


def user_name(name: str) -> str:
    """The transient name behind a nickname, a remark or a group's title."""
    if name == "filehelper":
        return name
    found = itchat.search_friends(name=name) or itchat.search_chatrooms(name=name)
    assert len(found) == 1, (name, found)
    return str(found[0]["UserName"])


def shown(user: str) -> str:
    """The nickname or the title behind a transient name."""
    found = itchat.search_friends(userName=user) or itchat.search_chatrooms(userName=user) or {}
    return str(found.get("NickName", user))


@itchat.msg_register(
    [
        "Text",
        "Map",
        "Card",
        "Note",
        "Sharing",
        "Picture",
        "Recording",
        "Attachment",
        "Video",
        "Friends",
        "System",
    ],
    isFriendChat=True,
    isGroupChat=True,
    isMpChat=True,
)  # type: ignore[untyped-decorator]  # the client has no types
def on_message(message: Any) -> None:
    kind, text = message["Type"], message["Text"]
    if kind == "System":
        return
    if kind == "Picture":
        _pictures[message["MsgId"]] = text
    say(
        event="message",
        kind=kind.lower(),
        id=message["MsgId"],
        chat=shown(message["FromUserName"]),
        sender=message.get("ActualNickName", ""),
        text=text if isinstance(text, str) else "",
        url=message.get("Url", ""),
    )


def login(state: str | None = None) -> None:
    def show(uuid: str, status: str, qrcode: bytes) -> None:
        if status == "0":
            say(event="code", uuid=uuid, png=len(qrcode))

    itchat.auto_login(
        hotReload=state is not None,
        statusStorageDir=state or "itchat.pkl",
        qrCallback=show,
        loginCallback=lambda: None,
        exitCallback=lambda: say(event="logout"),
    )
    say(event="login", name=itchat.search_friends()["NickName"])
    itchat.run(debug=True, blockThread=False)


def contacts() -> dict[str, Any]:
    groups = itchat.get_chatrooms()
    return {
        "friends": sorted(one["NickName"] for one in itchat.get_friends()[1:]),
        "officials": sorted(one["NickName"] for one in itchat.get_mps()),
        "groups": sorted(one["NickName"] for one in groups),
    }


def members(of: str) -> list[str]:
    """The members of a group, asked for anew."""
    group = itchat.update_chatroom(user_name(of), detailedMember=True)
    return sorted(one["NickName"] for one in group["MemberList"])


def sent(result: Any) -> dict[str, str]:
    assert result, dict(result)
    return {"id": result["MsgID"], "local": result["LocalID"]}


def recall(of: dict[str, str], to: str) -> None:
    result = itchat.revoke(of["id"], user_name(to), of["local"])
    assert result, dict(result)


def remark(of: str, name: str) -> None:
    result = itchat.set_alias(user_name(of), name)
    assert result, dict(result)


ORDERS: dict[str, Callable[..., Any]] = {
    "login": login,
    "contacts": contacts,
    "members": members,
    "send_text": lambda to, text: sent(itchat.send_msg(text, user_name(to))),
    "send_picture": lambda to, path: sent(itchat.send_image(path, user_name(to))),
    "send_file": lambda to, path: sent(itchat.send_file(path, user_name(to))),
    "picture": lambda of: base64.b64encode(_pictures[of]()).decode(),
    "recall": recall,
    "remark": remark,
    "remarked": lambda of: itchat.search_friends(userName=user_name(of))["RemarkName"],
    "logout": lambda: itchat.logout() and None,
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
