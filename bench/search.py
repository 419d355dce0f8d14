"""Search over a large archive: time of a query, size of the index, time of building it.

The texts are made of Chinese words and English ones drawn by a falling frequency, 70 % Chinese, 15 % English, the others
mixed. They are put straight into the store's tables, as a client would need an hour to receive them; what is measured, the
index and the queries, is the product's own. ``python bench/search.py [MESSAGES]``
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from hongyan.model.events import MessageReceived
from hongyan.model.ids import LoginId, MsgId, TransientName
from hongyan.model.messages import Text
from hongyan.model.search import Query
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store

if TYPE_CHECKING:
    from hongyan.store.sqlite import SqliteStore

BATCH = 2000
ENGLISH = [
    "the",
    "meeting",
    "item",
    "report",
    "tomorrow",
    "weather",
    "dinner",
    "please",
    "call",
    "server",
    "update",
]


def words(chance: random.Random) -> list[str]:
    """Return Chinese words of one to four common characters."""
    characters = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]
    return ["".join(chance.choices(characters, k=chance.choice((1, 2, 2, 2, 3, 4)))) for _ in range(20_000)]


class Texts:
    """A source of short messages."""

    def __init__(self, seed: int = 1) -> None:
        self._chance = random.Random(seed)
        self._words = words(self._chance)
        self._weights = [1 / (place + 10) for place in range(len(self._words))]

    def many(self, count: int) -> list[str]:
        """Return messages of three to twelve words."""
        sizes = [self._chance.randint(2, 9) for _ in range(count)]
        chinese = iter(self._chance.choices(self._words, self._weights, k=sum(sizes)))
        return [self._one([next(chinese) for _ in range(size)]) for size in sizes]

    def _one(self, parts: list[str]) -> str:
        kind = self._chance.random()
        if kind < 0.70:
            return "".join(parts)
        if kind < 0.85:
            return " ".join(self._chance.choice(ENGLISH) for _ in parts)
        return "".join(parts[:-1]) + " " + self._chance.choice(ENGLISH)


async def fill(store: SqliteStore, texts: Texts, count: int) -> None:
    """Write so many messages into the journal."""
    for begin in range(0, count, BATCH):
        batch = texts.many(min(BATCH, count - begin))
        events = []
        for place, text in enumerate(batch):
            chat = TransientName(f"@friend{(begin + place) % 300}")
            message = Text(id=MsgId(str(begin + place + 1)), chat=chat, sender=chat, text=text)
            events.append((MessageReceived(message=message), b"{}"))
        await store.append(events, login=LoginId("bench"), received_at=float(begin))


def index_bytes(store: SqliteStore) -> int:
    """Return the size of the index after optimizing it."""
    with store.database.reading() as connection:
        return int(connection.execute("SELECT SUM(LENGTH(block)) FROM said_index_data").fetchone()[0])


async def times(store: SqliteStore, asked: list[str]) -> list[float]:
    """Return the milliseconds that each query takes."""
    taken = []
    for text in asked:
        begun = time.perf_counter()
        await store.archive.search(Query(words=text))
        taken.append((time.perf_counter() - begun) * 1000)
    return sorted(taken)


def told(name: str, taken: list[float]) -> None:
    """Print a line of figures."""
    p99 = taken[int(len(taken) * 0.99)]
    print(f"{name}: p50 {statistics.median(taken):.2f} ms, p99 {p99:.2f} ms, worst {taken[-1]:.2f} ms")


async def main(count: int) -> None:
    """Fill, index, ask."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "journal.db")
        store, texts = open_store(database, "me"), Texts()
        await fill(store, texts, count)
        begun = time.process_time()
        while await store.archive.index():
            pass
        print(f"indexing: {(time.process_time() - begun) / count * 1e6:.1f} us CPU per message")
        await store.session.write(
            lambda c: c.execute("INSERT INTO search_index (search_index) VALUES ('optimize')")
        )
        print(f"index: {index_bytes(store) / count:.1f} bytes per message")
        samples = [t for t in texts.many(4000) if " " not in t and len(t) >= 4]
        chance = random.Random(2)
        pieces = []
        for text in samples[:1000]:
            place = chance.randrange(len(text) - 3)
            pieces.append((text[place : place + 2], text[place : place + chance.randint(3, 4)]))
        there = [p[0] for p in pieces]
        told("two characters", await times(store, there))
        told("three and four", await times(store, [p[1] for p in pieces]))
        told("English words", await times(store, [chance.choice(ENGLISH) for _ in range(200)]))
        told("one character", await times(store, [p[0][0] for p in pieces[:200]]))
        database.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
