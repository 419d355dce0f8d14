"""The robot under torture: answers every third text, saves every file and writes down what its handler saw, before it answers.

``TORTURE_SEEN`` names its notebook, ``TORTURE_PLANT`` a fault that is planted into the client to show that the verdict
finds it: ``order`` lets the key be used before the journal holds the batch, ``answers`` takes the answers out of the
transaction that marks their event as done, ``salvage`` journals what is left of a cut answer under its MsgIds.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from hongyan.bot import App, File, Picture, Text, Video, Voice
from hongyan.client.engine.receive import Receiver
from hongyan.errors import HongyanError
from hongyan.store.journal import SqliteJournal
from hongyan.webwx.parse import messages
from hongyan.webwx.parse.sync import SyncAnswer
from hongyan.webwx.salvage import Shape

if TYPE_CHECKING:
    from hongyan.bot import MessageContext
    from hongyan.ports.backend import EventBatch

PLANT = os.environ.get("TORTURE_PLANT", "")
_EACH = 3
_INSTANT_S = 0.03  # the length of the instant that a planted fault leaves open

_TRIES = 60
_PAUSE_S = 0.25

app = App(name="torture", loops=None, time_limit=180)
_notebook = os.open(os.environ["TORTURE_SEEN"], os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)


@app.on(Text)
async def answer(message: MessageContext) -> None:
    """Write down what was seen, then answer where an answer is due."""
    line = {"text": message.text, "again": message.redelivered, "pid": os.getpid()}
    os.write(_notebook, json.dumps(line).encode() + b"\n")
    number = int(message.text.removeprefix("m-"))
    if number % _EACH:
        return
    if PLANT == "answers":
        await message.account.send(message.chat, f"a-{number}")
        await asyncio.sleep(_INSTANT_S)
    else:
        await message.reply(f"a-{number}")


@app.on((Picture, Voice, Video, File))
async def keep(message: MessageContext) -> None:
    """Save what came with a message, however often that fails, and write down what it is."""
    number = str(message.message.id)
    os.write(_notebook, json.dumps({"begun": number}).encode() + b"\n")
    folder = Path(os.environ["TORTURE_SAVED"]) / number
    folder.mkdir(parents=True, exist_ok=True)
    for left in reversed(range(_TRIES)):
        try:
            path = await message.save(folder)
            break
        except HongyanError:
            if not left:
                raise
            await asyncio.sleep(_PAUSE_S)
    line = {"parcel": number, "digest": hashlib.sha256(path.read_bytes()).hexdigest()}
    os.write(_notebook, json.dumps(line).encode() + b"\n")


async def _key_first(self: Receiver, batch: EventBatch) -> None:
    """Keep the advanced key before the batch is kept: what idea 2 of the design forbids."""
    login, now = batch.login, self._now()
    await self._store.append([], login=login, received_at=now, position=batch.position)
    await asyncio.sleep(_INSTANT_S)
    written = await self._store.append(batch.events, login=login, received_at=now)
    self._backend.commit(batch)
    await self._on_written(written)


def _salvage() -> None:
    """Take the pieces of a cut answer for what is due, as if it would not come again."""
    for owner, name, value in (
        (SyncAnswer, "comes_again", property(lambda _: False)),
        (SyncAnswer, "doubtful", property(lambda _: False)),
        (messages, "shape_of", lambda _: Shape.WHOLE),  # a piece of a message has the number of the message
        (SqliteJournal, "_replaces_fragment", lambda *_: False),
    ):
        assert hasattr(owner, name), f"the plant no longer fits: there is no {name}"
        setattr(owner, name, value)


if PLANT == "order":
    Receiver._write = _key_first  # type: ignore[method-assign]  # the planted fault
elif PLANT == "salvage":
    _salvage()
