"""Reading 10,000 contacts (8 MB): beside the standard json, and on to what the store is told and what it keeps.

`python bench/contacts.py`. The goal, 25 ms and a third of the standard json's time, is for the decoded list.
"""

from __future__ import annotations

import asyncio
import gc
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from hongyan.model.ids import LoginId
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store
from hongyan.webwx.contacts import change_of
from hongyan.webwx.lenient_json import decoder_of
from hongyan.webwx.wire import WireContacts

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT, ROUNDS = 10_000, 7


def page() -> bytes:
    """Return an answer of webwxgetcontact with the fields that the service sends."""
    told = [
        {
            "Uin": 0,
            "UserName": f"@{n:064x}",
            "NickName": f"朋友{n}" + ('<span class="emoji emoji1f31b"></span>' if n % 20 == 0 else ""),
            "HeadImgUrl": f"/cgi-bin/mmwebwx-bin/webwxgeticon?seq=6{n}&username=@{n:064x}&skey=@crypt_aa_bb",
            "ContactFlag": 3 if n % 7 else 2051,
            "MemberCount": 0,
            "MemberList": [],
            "RemarkName": f"备注{n}" if n % 3 == 0 else "",
            "HideInputBarFlag": 0,
            "Sex": n % 3,
            "Signature": "天行健 &amp; 君子以自强不息" if n % 4 == 0 else "签名",
            "VerifyFlag": 0,
            "OwnerUin": 0,
            "PYInitial": f"PY{n}",
            "PYQuanPin": f"pengyou{n}",
            "RemarkPYInitial": "BZ" if n % 3 == 0 else "",
            "RemarkPYQuanPin": "beizhu" if n % 3 == 0 else "",
            "StarFriend": 0,
            "AppAccountFlag": 0,
            "Statues": 0,
            "AttrStatus": 4133,
            "Province": "上海",
            "City": "浦东新区",
            "Alias": "",
            "SnsFlag": 17,
            "UniFriend": 0,
            "DisplayName": "",
            "ChatRoomId": 0,
            "KeyWord": "wxi",
            "EncryChatRoomId": "",
            "IsOwner": 0,
        }
        for n in range(COUNT)
    ]
    answer = {"BaseResponse": {"Ret": 0, "ErrMsg": ""}, "MemberCount": COUNT, "MemberList": told, "Seq": 0}
    return json.dumps(answer, ensure_ascii=False).encode()


def spent(work: Callable[[], object]) -> float:
    """Return the CPU milliseconds of one call."""
    gc.collect()
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1000


def stored(raw: bytes) -> None:
    """Read a list and write everybody into a new store."""
    changes = [change_of(wire, full=True) for wire in decoder_of(WireContacts).decode(raw).member_list]

    async def learn(folder: str) -> None:
        database = Database(Path(folder) / "journal.db")
        for begin in range(0, COUNT, 3_000):
            await open_store(database, "me").directory.learn(
                LoginId("bench"), changes[begin : begin + 3_000], "contacts"
            )
        database.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(learn(folder))


def main() -> None:
    """Print medians, the candidates in turn."""
    raw, decode = page(), decoder_of(WireContacts).decode
    works: dict[str, Callable[[], object]] = {
        "the standard json": lambda: json.loads(raw),
        "decoded": lambda: decode(raw),
        "decoded and turned into changes": lambda: [change_of(w, full=True) for w in decode(raw).member_list],
        "the same, merged and written into a new store": lambda: stored(raw),
    }
    rounds = [{name: spent(work) for name, work in works.items()} for _ in range(ROUNDS)]
    medians = {name: statistics.median(each[name] for each in rounds) for name in works}
    floor = medians["the standard json"]
    for name, milliseconds in medians.items():
        print(
            f"{COUNT} contacts, {len(raw) / 1e6:.1f} MB, {name}: {milliseconds:.0f} ms, {milliseconds / floor:.2f} of json"
        )


if __name__ == "__main__":
    main()
