"""What a backend hands out is in the journal before its position is used, whatever goes wrong on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from hongyan.client.engine import receive
from hongyan.client.engine.receive import Receiver
from hongyan.client.engine.witness import Witness
from hongyan.errors import LoginEnded, StorageError
from hongyan.model.events import MessageReceived, UnknownEvent
from hongyan.model.ids import LoginId, MsgId, TransientName
from hongyan.model.messages import Text
from hongyan.ports.backend import AnswerLost, EventBatch, ServiceRecovered, ServiceTroubled
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Sequence

    from hongyan.model.events import Event, Recorded
    from hongyan.ports.backend import BackendEvent
    from hongyan.store.sqlite import SqliteStore

LOGIN = LoginId("one")
ALICE = TransientName("@alice")


def batch(*texts: str, position: bytes = b"2") -> EventBatch:
    """Return a batch of texts of Alice."""
    events: list[tuple[Event, bytes]] = [
        (MessageReceived(message=Text(id=MsgId(t), chat=ALICE, sender=ALICE, text=t)), t.encode())
        for t in texts
    ]
    return EventBatch(LOGIN, tuple(events), position)


class Desk:
    """A receiver on a store in memory. ``committed`` holds what the journal's end was at each commit."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        self.committed: list[int] = []
        self.heard: list[BackendEvent] = []
        self.written: list[str] = []
        witness = Witness(store, lambda message, _writer, _original: message)
        self.receiver = Receiver(
            cast("Any", self),
            store,
            clock=lambda: 1.0,
            witness=witness,
            on_event=self._hear,
            on_written=self._written,
        )

    def commit(self, _: EventBatch) -> None:
        """Be the backend's."""
        self.committed.append(self.store.journal.latest())

    async def _hear(self, event: BackendEvent) -> None:
        self.heard.append(event)

    async def _written(self, written: Sequence[Recorded]) -> None:
        self.written += [cast("Any", row.event).message.text for row in written]

    async def run(self, *events: BackendEvent, ending: Exception | None = None) -> None:
        """Let a backend yield these events, and then end."""

        async def yielded() -> AsyncGenerator[BackendEvent]:
            for event in events:
                yield event
            if ending is not None:
                raise ending

        await self.receiver.run(yielded())


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Return a receiver."""
    database = Database(None)
    yield Desk(open_store(database, "me"))
    database.close()


async def test_a_batch_is_written_before_it_is_committed(desk: Desk) -> None:
    """Rows and position at once, then the commit, then those who look at rows."""
    await desk.run(batch("a", "b"), batch("c", position=b"3"))
    assert desk.committed == [2, 3]
    assert desk.written == ["a", "b", "c"]
    position = desk.store.login.position()
    assert position is not None
    assert (position.login, position.keys) == (LOGIN, b"3")


async def test_a_full_disk_is_waited_for_with_the_batch_in_hand(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is committed meanwhile, and it is said that and when it is tried again."""
    monkeypatch.setattr(receive, "_LONGEST_PAUSE_S", 0.01)
    append, tries = desk.store.append, list[int]()

    async def full(*args: Any, **kwargs: Any) -> Any:
        tries.append(1)
        if len(tries) < 3:
            raise StorageError("no room")
        return await append(*args, **kwargs)

    monkeypatch.setattr(desk.store, "append", full)
    await desk.run(batch("a"))
    assert desk.committed == [1]
    assert [type(event) for event in desk.heard] == [ServiceTroubled, ServiceTroubled, ServiceRecovered]


async def test_the_bytes_of_a_lost_answer_are_kept(desk: Desk) -> None:
    """Nothing is thrown away that the service gave."""
    await desk.run(AnswerLost(b"\xff half", "no JSON"))
    (row,) = desk.store.journal.read(cast("Any", 0))
    assert isinstance(row.event, UnknownEvent)
    assert desk.store.journal.raw(row.seq) == b"\xff half"


async def test_what_ends_a_login_is_raised(desk: Desk) -> None:
    """Behind everything that came before it."""
    with pytest.raises(LoginEnded):
        await desk.run(batch("a"), ending=LoginEnded(1101))
    assert desk.written == ["a"]


async def test_a_fault_in_looking_at_rows_costs_no_row(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are safe, and the next batch comes."""

    async def broken(_: Sequence[Recorded]) -> None:
        raise ValueError("a fault")

    monkeypatch.setattr(desk.receiver, "_on_written", broken)
    await desk.run(batch("a"), batch("b", position=b"3"))
    assert desk.committed == [1, 2]
