"""Exports and the import of a large archive: seconds, and the memory that the program takes at most.

One chat holds all messages. Each command runs as a child of its own, at a tenth of the size first: what is bounded takes the
same memory at both. ``python bench/export.py [MESSAGES]``
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from hongyan.model.contacts import ContactChange, ContactKind
from hongyan.model.events import MessageReceived
from hongyan.model.ids import LoginId, MsgId, TransientName
from hongyan.model.messages import Text
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store

LOGIN = LoginId("bench")
ALICE = TransientName("@alice")
BATCH = 2000
RAW = b'{"MsgId": "1", "Content": "' + b"x" * 400 + b'"}'
FORMS = ("jsonl", "html", "markdown", "mbox")


async def fill(home: Path, count: int) -> None:
    """Make a profile with one long chat."""
    database = Database(home / "default" / "journal.db")
    store = open_store(database, "me")
    friend = ContactChange(name=ALICE, kind=ContactKind.FRIEND, nickname="Alice", in_contacts=True)
    await store.append([], login=LOGIN, received_at=1.0, position=b"keys")
    await store.directory.learn(LOGIN, [friend], "contacts")
    await store.login.set_complete(LOGIN, complete=True)
    for begin in range(0, count, BATCH):
        texts = [
            Text(id=MsgId(str(number + 1)), chat=ALICE, sender=ALICE, text=f"消息 {number}", created_at=begin)
            for number in range(begin, min(begin + BATCH, count))
        ]
        await store.append(
            [(MessageReceived(message=text), RAW) for text in texts], login=LOGIN, received_at=1.0
        )
    database.close()


def measured(*arguments: str) -> tuple[float, float]:
    """Run a command and return its seconds and the megabytes it took at most."""
    begun = time.perf_counter()
    quiet = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
    command = [sys.executable, "-m", "hongyan", *arguments]
    child = os.posix_spawn(sys.executable, command, os.environ, file_actions=quiet)
    _, status, used = os.wait4(child, 0)
    assert status == 0, arguments
    return time.perf_counter() - begun, used.ru_maxrss / 1024


def main(count: int) -> None:
    """Print a line for each form."""
    with tempfile.TemporaryDirectory() as folder:
        homes = {size: Path(folder) / str(size) for size in (count // 10, count)}
        for size, home in homes.items():
            asyncio.run(fill(home, size))
        for form in FORMS:
            told = [
                measured("export", "--format", form, "--out", str(home / form), "--home", str(home))
                for home in homes.values()
            ]
            tell(f"export as {form}", count, told)
        told = [
            measured("import", str(home / "jsonl"), "--home", str(home / "again")) for home in homes.values()
        ]
        tell("import", count, told)


def tell(what: str, count: int, told: list[tuple[float, float]]) -> None:
    """Print what a tenth and the whole took."""
    (_, few), (seconds, many) = told
    print(
        f"{what} of {count:,} messages: {seconds:.1f} s, {many:.0f} MB at most, {many - few:+.0f} MB beside a tenth of it",
        flush=True,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
