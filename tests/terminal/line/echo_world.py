"""A program for the tests of line mode: the real account over a store in memory, whose people answer ping with pong.

Usage: echo_world.py FORMAT LANGUAGE [follow|ask|mass]. "ping" brings an answer, "story" one line after another,
"kick" ends the login, "no" is refused; everything else is accepted.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from hongyan.client.account import Account
from hongyan.model.commands import CommandRow, Outcome, SendText, Settlement
from hongyan.model.contacts import ContactChange, ContactKind
from hongyan.model.events import Event, LoginChanged, LoginState, MessageReceived, Status
from hongyan.model.ids import LoginId, MsgId, TransientName
from hongyan.model.messages import Text
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store
from hongyan.terminal.line.line_mode import LineSettings, run
from hongyan.terminal.lines import Format
from hongyan.terminal.media import SavePolicy
from hongyan.terminal.strings.language import Language

if TYPE_CHECKING:
    from hongyan.store.sqlite import SqliteStore

LOGIN = LoginId("first")
WANG = TransientName("@w")
PEOPLE = (
    ContactChange(name=TransientName("@me"), kind=ContactKind.SELF, nickname="小灰"),
    ContactChange(name=WANG, kind=ContactKind.FRIEND, nickname="老王", in_contacts=True),
    ContactChange(name=TransientName("@h"), kind=ContactKind.FRIEND, nickname="阿黄", in_contacts=True),
)


async def _add(store: SqliteStore, event: Event) -> None:
    await store.append([(event, b"")], login=LOGIN, received_at=time.time())


async def _say(store: SqliteStore, text: str) -> None:
    message = Text(
        id=MsgId(str(time.time_ns())), chat=WANG, sender=WANG, text=text, created_at=int(time.time())
    )
    await _add(store, MessageReceived(message=message))


async def _settle(store: SqliteStore, row: CommandRow) -> None:
    text = row.command.text if isinstance(row.command, SendText) else ""
    if text == "kick":
        await _add(store, LoginChanged(state=LoginState.ENDED, reason="login-ended.1101"))
    refused = text == "no"
    outcome = Outcome.FAILED if refused else Outcome.ACCEPTED
    reason = "refused.1204" if refused else ""
    await store.settle(Settlement(row.id, outcome, "" if refused else f"71{row.id}", reason), now=time.time())
    if text == "ping":
        await _say(store, "pong 你好👨‍👩‍👧")
    if text == "story":
        for number in range(3):
            await _say(store, f"第 {number} 句")


async def _carry(store: SqliteStore) -> None:
    while True:
        while waiting := store.outbox.queued():
            await _settle(store, waiting[0][0])
        await store.changed()


async def _auto_reply() -> None:
    sys.stderr.write("auto reply is on\n")


async def main(form: str, language: str, *options: str) -> int:
    """Run line mode in the world of echoes and return its exit code."""
    database = Database(None)
    store = open_store(database, "me")
    await store.append([], login=LOGIN, received_at=1.0, position=b"k")
    await store.directory.learn(LOGIN, PEOPLE, "contacts")
    await store.login.set_complete(LOGIN, complete=True)
    await store.login.set_status(Status(state=LoginState.ONLINE))
    with tempfile.TemporaryDirectory() as folder:
        carrying = asyncio.create_task(_carry(store))
        settings = LineSettings(
            save=SavePolicy(Path(folder)),
            form=Format(form),
            language=Language(language),
            follow="follow" in options,
            allow_mass="mass" in options,
        )
        asked = _auto_reply if "ask" in options else None
        try:
            return await run(Account(store, Path(folder)), settings, auto_reply=asked)
        finally:
            carrying.cancel()
            database.close()


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main(*sys.argv[1:])))
    except KeyboardInterrupt:
        sys.exit(130)
