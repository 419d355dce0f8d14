"""What is damaged: own samples of every message and answer, and captured ones where they are at hand."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

__all__ = ["answers", "messages"]

HERE = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("HONGYAN_SHARED") or HERE.parents[2] / "shared")

KEY = {"Count": 2, "List": [{"Key": 1, "Val": 11}, {"Key": 2, "Val": 21}]}
MEMBERS = [
    {"Uin": 0, "UserName": f"@m{n}", "NickName": f"成员{n}", "DisplayName": "", "MemberStatus": 0}
    for n in range(4)
]
FRIEND = {
    "Uin": 0,
    "UserName": "@a",
    "NickName": "小梅",
    "ContactFlag": 3,
    "VerifyFlag": 0,
    "Sex": 2,
    "RemarkName": "梅",
}
GROUP = {
    **FRIEND,
    "UserName": "@@g",
    "MemberCount": 4,
    "MemberList": MEMBERS,
    "EncryChatRoomId": "@0f",
    "Statues": 1,
}
OK = {"BaseResponse": {"Ret": 0, "ErrMsg": ""}}


def _captured() -> list[bytes]:
    folder = SHARED / "corpus" / "open"
    raws = [json.loads(p.read_text("utf-8"))["raw"] for p in sorted(folder.glob("*.json"))]
    return [r.encode() if isinstance(r, str) else json.dumps(r, ensure_ascii=False).encode() for r in raws]


def messages() -> list[bytes]:
    """Return messages of every kind as the service sends them."""
    samples = json.loads((HERE.parent / "webwx" / "samples" / "messages.json").read_text("utf-8"))
    own = [json.dumps(sample["wire"], ensure_ascii=False).encode() for sample in samples]
    return [*own, *(raw for raw in _captured() if b'"MsgType"' in raw and b"AddMsgList" not in raw)]


def answers() -> list[bytes]:
    """Return answers of every call."""
    listed = [json.loads(m) for m in messages()[:3]]
    objects: list[dict[str, Any]] = [
        {**OK, "AddMsgCount": 3, "AddMsgList": listed, "ModContactList": [FRIEND, GROUP], "DelContactList": [{"UserName": "@x"}],
         "Profile": {"BitFlag": 2, "NickName": {"Buff": "我"}, "HeadImgUrl": "/a"}, "ContinueFlag": 0, "SyncKey": KEY, "SKey": "",
         "SyncCheckKey": KEY},
        {**OK, "ContactList": [FRIEND, GROUP], "SyncKey": KEY, "User": {"Uin": 7, "UserName": "@me", "NickName": "我"},
         "ChatSet": "@a,@@g,", "SKey": "@crypt_1", "SystemTime": 1, "InviteStartCount": 40},
        {**OK, "MemberCount": 2, "MemberList": [FRIEND, GROUP], "Seq": 0},
        {**OK, "Count": 2, "ContactList": [FRIEND, GROUP]},
        {**OK, "Topic": "", "MemberCount": 4, "MemberList": MEMBERS, "ChatRoomName": "@@n", "BlackList": ""},
        {**OK, "MsgID": "123", "LocalID": "456"},
        {**OK, "MediaId": "@crypt_2", "StartPos": 7},
        {"BaseResponse": {"Ret": 1205, "ErrMsg": "too fast"}},
        {"ret": "0", "msg": "all ok", "uuid": "A_1=="},
    ]  # fmt: skip
    texts = [
        'window.QRLogin.code = 200; window.QRLogin.uuid = "gYm_x==";',
        "window.code=201;window.userAvatar = 'data:img/jpg;base64,AA==';",
        'window.code=200;\nwindow.redirect_uri="http://127.0.0.1:8081/cgi-bin/mmwebwx-bin/webwxnewloginpage?ticket=a&uuid=b";',
        'window.synccheck={retcode:"0",selector:"2"}',
        (
            "<error><ret>0</ret><message></message><skey>@crypt_1</skey><wxsid>s</wxsid><wxuin>7</wxuin>"
            "<pass_ticket>a%2B</pass_ticket><isgrayscale>1</isgrayscale></error>"
        ),
        '<html><script>window.MMCgi = { isLogin : !!"1" }</script></html>',
    ]
    own = [*(json.dumps(o, ensure_ascii=False).encode() for o in objects), *(t.encode() for t in texts)]
    return [*own, *(raw for raw in _captured() if b'"MsgType"' not in raw or b"AddMsgList" in raw)]
