"""Durable ingest: messages a second and the time of a commit, beside plain SQLite writing the same bytes.

Batches of 50 go through ``store.append`` as the receiver sends them, with the next position, each a durable transaction;
the rival is one INSERT per message into a bare table, a durable commit for each 50. CPU time is user and system.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

from hongyan.model.events import MessageReceived
from hongyan.model.ids import LoginId, MsgId, TransientName
from hongyan.model.messages import Text
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store

BATCH = 50
ROUNDS = 3
RAW = b'{"MsgId": "1", "Content": "' + b"x" * 900 + b'"}'


def batches(count: int) -> list[list[tuple[MessageReceived, bytes]]]:
    """Return messages from 300 friends, 50 at a time."""
    made = []
    for begin in range(0, count, BATCH):
        batch = []
        for number in range(begin, begin + BATCH):
            chat = TransientName(f"@friend{number % 300}")
            message = Text(id=MsgId(str(number + 1)), chat=chat, sender=chat, text=f"消息 {number}")
            batch.append((MessageReceived(message=message), RAW))
        made.append(batch)
    return made


async def ours(folder: Path, count: int) -> tuple[float, float, list[float]]:
    """Return seconds, CPU seconds and the milliseconds of each commit."""
    database = Database(folder / "journal.db")
    store, made, taken = open_store(database, "me"), batches(count), []
    begun, cpu = time.perf_counter(), time.process_time()
    for batch in made:
        before = time.perf_counter()
        await store.append(batch, login=LoginId("bench"), received_at=1.0, position=b"key")
        taken.append((time.perf_counter() - before) * 1000)
    spent = time.perf_counter() - begun, time.process_time() - cpu
    database.close()
    return *spent, taken


def bare(folder: Path, count: int) -> tuple[float, float]:
    """Return seconds and CPU seconds of a table without anything."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE row (id TEXT UNIQUE, raw BLOB)")
    begun, cpu = time.perf_counter(), time.process_time()
    for begin in range(0, count, BATCH):
        connection.execute("BEGIN IMMEDIATE")
        for number in range(begin, begin + BATCH):
            connection.execute("INSERT INTO row VALUES (?, ?)", (str(number), RAW))
        connection.execute("COMMIT")
    spent = time.perf_counter() - begun, time.process_time() - cpu
    connection.close()
    return spent


async def main(count: int) -> None:
    """Print medians and ratios."""
    wall, cpu, p99, rival = [], [], [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            rival.append(bare(Path(folder), count))
            seconds, used, taken = await ours(Path(folder), count)
        wall.append(count / seconds)
        cpu.append(used / count * 1e6)
        p99.append(sorted(taken)[int(len(taken) * 0.99)])
    other = statistics.median(used for _, used in rival) / count * 1e6
    mine = statistics.median(cpu)
    print(f"durable ingest: {statistics.median(wall):,.0f} messages/s (goal 10,000), {os.cpu_count()} cores")
    print(f"commit of 50: p99 {statistics.median(p99):.2f} ms (goal 5)")
    print(f"CPU: {mine:.1f} us a message; a bare table {other:.1f} us; ratio {mine / other:.1f}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000))
