"""Damaged files and orders: settings, rules, exports that are read in, the emulator's control. Only our errors come."""

from __future__ import annotations

import json
import random
from functools import partial
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from hongyan.archive.lines import read_head, read_rows, written
from hongyan.assemble import load_rows, open_view
from hongyan.bot.rules_file import load_rules
from hongyan.emulator import Emulator, Person, World, orders
from hongyan.errors import HongyanError, UsageError
from hongyan.model.contacts import ContactChange, ContactKind
from hongyan.model.events import MessageReceived
from hongyan.model.ids import LoginId, MsgId, TransientName
from hongyan.model.messages import AnyMessage, Recall, Text
from hongyan.settings import Settings, load_settings
from hongyan.store.database import Database
from hongyan.store.dump import TABLES
from hongyan.store.sqlite import open_store

from .mutations import mutated, with_hostile_values

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOGIN = LoginId("first")
ALICE = TransientName("@alice")
SETTINGS = b"""profile = "a"
server = "http://127.0.0.1:8081"
pace = true
[terminal]
quiet_hours = "22:00-07:00"
"""
RULES = b"""[[rule]]
name = "echo"
who = "Alice"
pattern = "^echo (?P<what>.+)$"
reply = "{what} {name}"
quiet = "22:00-07:00"
pause = "5s"
priority = 3
"""


@pytest.fixture
def chance() -> random.Random:
    """Return a source of damage; the seed is printed where a test fails."""
    seed = random.SystemRandom().getrandbits(32)
    print(f"seed {seed}")
    return random.Random(seed)


@pytest.mark.parametrize(("whole", "read"), [(SETTINGS, load_settings), (RULES, load_rules)])
def test_damaged_files_are_refused_in_words(
    tmp_path: Path, chance: random.Random, whole: bytes, read: Callable[[Path], object]
) -> None:
    """Whatever stands in a file of settings or rules: it is used, or UsageError says what is wrong."""
    file, refusals = tmp_path / "file.toml", []
    for _ in range(250):
        file.write_bytes(mutated(whole, [whole], chance))
        try:
            read(file)
        except UsageError as refused:
            refusals.append(str(refused))
    assert all(refusals), "a refusal without a word"


async def exported(folder: Path) -> list[bytes]:
    """Return the lines of a small archive."""
    database = Database(folder / "journal.db")
    store = open_store(database, "me")
    await store.append([], login=LOGIN, received_at=1.0, position=b"keys")
    friend = ContactChange(name=ALICE, kind=ContactKind.FRIEND, nickname="Alice", in_contacts=True)
    await store.directory.learn(LOGIN, [friend], "contacts")
    texts: list[AnyMessage] = [
        Text(id=MsgId(str(n)), chat=ALICE, sender=ALICE, text="早", created_at=1_700_000_000) for n in (1, 2)
    ]
    recall = Recall(id=MsgId("9"), chat=ALICE, sender=ALICE, recalled=MsgId("1"))
    await store.append(
        [(MessageReceived(message=m), b"{}") for m in (*texts, recall)], login=LOGIN, received_at=2.0
    )
    lines = list(written(store.dump.head(), TABLES, store.dump.rows))
    database.close()
    return lines


async def test_damaged_exports_are_refused_or_can_be_used(tmp_path: Path, chance: random.Random) -> None:
    """An import that is not refused leaves a profile that opens, with chats that can be read."""
    whole = await exported(tmp_path / "from")
    for number in range(12):
        lines = list(whole)
        at = chance.randrange(len(lines))
        if chance.random() < 0.7:
            lines[at] = json.dumps(with_hostile_values(json.loads(lines[at]), chance, 0.15)).encode() + b"\n"
        else:
            lines[at] = mutated(lines[at], lines, chance)
        settings = Settings(profile=f"p{number}", home=str(tmp_path), server="http://127.0.0.1:1")
        rest = iter(lines)
        try:
            await load_rows(settings, read_head(next(rest)), partial(read_rows, rest))
        except HongyanError:
            continue
        async with open_view(settings) as account:
            read = [account.history(chat, 20) for chat in account.chats()]
            assert all(len(rows) <= len(whole) for rows in read)


ORDERS: list[dict[str, Any]] = [
    {"from": "Alice", "text": "hello"},
    {"from": "Alice", "kind": "picture", "times": 2},
    {"endpoint": "webwxsync", "action": "cut", "value": 0.5, "count": 1},
    {"person": "Alice", "name": "x", "text": "y", "group": "z", "members": ["Alice"]},
]


async def test_no_order_breaks_the_emulator(chance: random.Random) -> None:
    """Whatever is asked of its control, it says yes or why not, and goes on."""
    alice = Person("wxid_alice000000001", "Alice")
    world = World(Person("wxid_goose000000001", "鸿雁"), {alice.id: alice}, {})
    async with Emulator(world, poll_seconds=0.1) as service, aiohttp.ClientSession() as session:
        calls = sorted(orders.ORDERS)
        for _ in range(150):
            order = with_hostile_values(dict(chance.choice(ORDERS)), chance, 0.15)
            body = json.dumps(order).encode("utf-8", "surrogatepass")
            if chance.random() < 0.3:
                body = mutated(body, [body], chance)
            method, _, path = chance.choice(calls).partition(" ")
            url = f"{service.origin}/_control/{path.replace('MSG_ID', '9' * 30)}"
            async with session.request(method, url, data=body) as answer:
                assert answer.status < 500, (url, body, await answer.text())
