"""Whatever happens in whatever order, the count of unread messages is what a plain list of them says."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.model.commands import Outcome, SendText, Settlement
from hongyan.model.events import MessageReceived
from hongyan.model.ids import ChatKey, ClientMsgId, MsgId, Seq, TransientName
from hongyan.model.messages import GroupChange, Notice, Pat, Recall, StatusNotice, Text, Unparsed
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store

from .conftest import LOGIN

if TYPE_CHECKING:
    from hongyan.model.events import Event
    from hongyan.model.message import Message
    from hongyan.store.sqlite import SqliteStore

ALICE: Final = TransientName("@alice")
_KINDS: Final[dict[str, tuple[type[Message], dict[str, object]]]] = {
    "text": (Text, {"sender": ALICE, "text": "x"}),
    "from nobody": (Text, {"text": "x"}),
    "broken": (Unparsed, {}),
    "recall": (Recall, {"sender": ALICE}),
    "notice": (Notice, {}),
    "my notice": (Notice, {"outgoing": True}),
    "group change": (GroupChange, {}),
    "pat": (Pat, {}),
    "phone reads": (StatusNotice, {"outgoing": True, "code": 1}),
    "phone enters": (StatusNotice, {"outgoing": True, "code": 2}),
    "phone leaves": (StatusNotice, {"outgoing": True, "code": 5}),
    "phone writes": (Text, {"outgoing": True, "text": "x"}),
}
_ASK: Final = {"text", "from nobody", "broken"}
_READ: Final = {"phone reads", "phone enters", "phone writes"}

_batches = st.lists(st.sampled_from(sorted(_KINDS)), min_size=1, max_size=6)
_steps = st.one_of(
    _batches,
    st.tuples(st.just("seen"), st.none() | st.integers(0, 30)),
    st.sampled_from([("unread", 0), ("send", 0), ("restart", 0)]),
)


class Expected:
    """The plain list: which rows ask for reading, how far it was read, and whether a person marked it."""

    def __init__(self) -> None:
        self.asking: list[int] = []
        self.last = self.read = 0
        self.marked = False

    @property
    def unread(self) -> int:
        """How many rows after the one that was read ask for reading."""
        return sum(seq > self.read for seq in self.asking) + self.marked

    def came(self, kind: str, seq: int) -> None:
        """Take in one row."""
        if not kind.startswith("phone") or kind == "phone writes":
            self.last = seq
        if kind in _ASK:
            self.asking.append(seq)
        elif kind in _READ:
            self.read, self.marked = seq, False

    def seen(self, up_to: int | None) -> None:
        """Let a person read."""
        self.read = max(self.read, self.last if up_to is None else min(up_to, self.last))
        self.marked = False

    def unread_again(self) -> None:
        """Let a person mark the chat."""
        self.marked = self.marked or not self.unread


class Profile:
    """A store in a file, that can be closed and opened again, and the numbers of what was put into it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._database = Database(file)
        self._number = 0

    @property
    def store(self) -> SqliteStore:
        """The store of the account."""
        return open_store(self._database, "me")

    def restart(self) -> None:
        """Close the file and open it again."""
        self._database.close()
        self._database = Database(self._file)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    async def came(self, kinds: list[str]) -> list[tuple[str, int]]:
        """Write a batch of messages and return each kind with its row."""
        events: list[tuple[Event, bytes]] = []
        for kind in kinds:
            self._number += 1
            form, fields = _KINDS[kind]
            message = form(id=MsgId(str(self._number)), chat=ALICE, **fields)  # type: ignore[arg-type]  # a table
            events.append((MessageReceived(message=message), b""))  # type: ignore[arg-type]  # one of the union
        rows = await self.store.append(events, login=LOGIN, received_at=1.0)
        return [(kind, row.seq) for kind, row in zip(kinds, rows, strict=True)]

    async def send(self, chat: ChatKey) -> int:
        """Send a text and return the row of its outcome."""
        self._number += 1
        number = f"9{self._number}"
        row = await self.store.outbox.enqueue(SendText(chat=chat, text="x"), ClientMsgId(number), now=1.0)
        await self.store.settle(Settlement(row.id, Outcome.ACCEPTED, number), now=1.0)
        return self.store.journal.latest()


async def _lived(file: Path, steps: list[list[str] | tuple[str, int | None]]) -> None:
    profile, expected = Profile(file), Expected()
    for kind, seq in await profile.came(["text"]):
        expected.came(kind, seq)
    chat = profile.store.directory.key_of(LOGIN, ALICE)
    assert chat is not None
    for step in steps:
        match step:
            case list():
                for kind, seq in await profile.came(step):
                    expected.came(kind, seq)
            case ("seen", up_to):
                await profile.store.chat_state.mark_seen(chat, None if up_to is None else Seq(up_to))
                expected.seen(up_to)
            case ("unread", _):
                await profile.store.chat_state.mark_unread(chat)
                expected.unread_again()
            case ("send", _):
                expected.last = await profile.send(chat)
            case _:
                profile.restart()
        state = profile.store.chat_state.of(chat)
        assert (state.unread, state.read) == (expected.unread, expected.read), step
        assert profile.store.chat_state.all() == {chat: state}
    profile.close()


@settings(max_examples=40, deadline=None)
@given(st.lists(_steps, max_size=12))
def test_the_count_is_what_a_plain_list_says(steps: list[list[str] | tuple[str, int | None]]) -> None:
    """Through batches of every kind, reading to any row, marks, own sends and restarts."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_lived(Path(folder) / "journal.db", steps))
