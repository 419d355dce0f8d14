"""Which message a refusal means that comes as a system message: by time, by chat, by what is still on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hongyan.backends.webwx.late_rejections import LateRejections
from hongyan.errors import Blocked, HongyanError, NoAnswer, NotFriends, TooFast
from hongyan.model.commands import MarkRead, Outcome, SendText, Settlement
from hongyan.model.error_codec import PERHAPS, error_of
from hongyan.model.events import MessageReceived
from hongyan.model.ids import ChatKey, ClientMsgId, LoginId, MsgId, TransientName
from hongyan.model.messages import Notice, Text
from hongyan.store.database import Database
from hongyan.store.sqlite import open_store
from hongyan.webwx.notices import read_notice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hongyan.model.commands import ActionKind, Command, CommandRow
    from hongyan.model.events import Recorded
    from hongyan.store.sqlite import SqliteStore

LOGIN = LoginId("first")
NOW = 1_700_000_000.0
UNFRIENDLY = "Alice开启了朋友验证，你还不是他（她）朋友。请先发送朋友验证请求，对方验证通过后，才能聊天。"


class Chat:
    """One chat with a message out in it, at times of the test's own choice."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        self.now = NOW
        self.key = ChatKey("")
        self.widened: list[ActionKind] = []
        self.refusals = LateRejections(store, clock=lambda: self.now, widen=self._widen)
        self._numbers = 0

    async def _widen(self, action: ActionKind) -> float:
        self.widened.append(action)
        return self.now + 60

    async def open(self) -> None:
        """Give the chat its lasting key."""
        name = TransientName("@alice")
        self.key = (await self.store.directory.give_keys(LOGIN, [name]))[name]

    async def sends(self, command: Command | None = None, *, until: Outcome = Outcome.ACCEPTED) -> CommandRow:
        """Send something now."""
        self._numbers += 1
        command = command or SendText(chat=self.key, text=f"text {self._numbers}")
        row = await self.store.outbox.enqueue(command, ClientMsgId(str(self._numbers)), now=self.now)
        row = await self.store.outbox.mark_sent(row.id, login=LOGIN, now=self.now)
        return row if until is Outcome.SENT else await self.accepts(row)

    async def accepts(self, row: CommandRow) -> CommandRow:
        """Let the service say yes."""
        return await self.store.settle(Settlement(row.id, Outcome.ACCEPTED, "77"), now=self.now)

    async def writes(
        self, words: str, *, created_at: float | None = None, text: bool = False
    ) -> list[Recorded]:
        """Write a sentence into the journal: the service's, or as ``text`` the friend's."""
        self._numbers += 1
        head: dict[str, Any] = {"id": MsgId(f"m{self._numbers}"), "chat": "@alice", "sender": ""}
        created = int(self.now if created_at is None else created_at)
        message: Text | Notice = (
            Text(**head, created_at=created, text=words)
            if text
            else Notice(**head, created_at=created, text=words, plain=words, event=read_notice(words))
        )
        return await self.store.append(
            [(MessageReceived(message=message), b"")], login=LOGIN, received_at=self.now
        )

    async def hears(self, words: str, *, created_at: float | None = None, text: bool = False) -> None:
        """Write a sentence and heed it."""
        await self.refusals.heard(await self.writes(words, created_at=created_at, text=text))

    def outcome(self, row: CommandRow) -> Outcome:
        """Return what became of a message."""
        return self.store.outbox.command(row.id).outcome


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    """Return a store in memory."""
    database = Database(None)
    yield open_store(database, "me")
    database.close()


@pytest.fixture
async def chat(store: SqliteStore) -> Chat:
    """Return a chat that is known."""
    chat = Chat(store)
    await chat.open()
    return chat


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (UNFRIENDLY, NotFriends),
        ("Alice has enabled Friend Confirmation. Send a friend request to chat.", NotFriends),
        ("消息已发出，但被对方拒收了。", Blocked),
        ("訊息已傳送，但被對方拒收了。", Blocked),
        ("The message is sent but rejected by the recipient.", Blocked),
        ("发送消息过于频繁，可稍后再试。", TooFast),
        ("操作过于频繁，可稍后再试。", TooFast),
        ("Messages are sent too often. Try again later.", TooFast),
        ("You are sending messages too frequently. Try again later.", TooFast),
    ],
)
async def test_each_sentence_becomes_its_error(chat: Chat, words: str, kind: type[HongyanError]) -> None:
    """In both languages; the message keeps its number, and the error the service's words."""
    row = await chat.sends()
    chat.now += 2
    await chat.hears(words)
    told = chat.store.outbox.command(row.id)
    error = error_of(told)
    assert (told.outcome, told.result, type(error)) == (Outcome.FAILED, "77", kind)
    assert words in str(error)
    assert bool(chat.widened) is (kind is TooFast)
    assert (told.retry_at == chat.now + 60) is (kind is TooFast)


async def test_a_friends_own_words_refuse_nothing(chat: Chat) -> None:
    """Only the service's system messages do."""
    row = await chat.sends()
    await chat.hears(UNFRIENDLY, text=True)
    await chat.hears("你好")
    assert chat.outcome(row) is Outcome.ACCEPTED


async def test_where_several_could_be_meant_the_others_are_unconfirmed(chat: Chat) -> None:
    """The newest has failed; what was accepted more than 30 s ago, elsewhere, or is no message stays accepted."""
    old = await chat.sends()
    chat.now += 31
    elsewhere = await chat.sends(SendText(chat=ChatKey("other"), text="hello"))
    first, second = await chat.sends(), await chat.sends()
    mark = await chat.sends(MarkRead(chat=chat.key))
    await chat.hears(UNFRIENDLY)
    assert [chat.outcome(row) for row in (old, elsewhere, mark)] == [Outcome.ACCEPTED] * 3
    assert (chat.outcome(first), chat.outcome(second)) == (Outcome.UNCONFIRMED, Outcome.FAILED)
    told = chat.store.outbox.command(first.id)
    assert told.reason == PERHAPS
    assert isinstance(error_of(told), NoAnswer)


async def test_hearing_it_twice_changes_nothing(chat: Chat) -> None:
    """As after a crash, when the journal is read again; what was sent afterwards is not meant."""
    refused = await chat.sends()
    chat.now += 1
    await chat.hears(UNFRIENDLY)
    chat.now += 1
    later = await chat.sends()
    await chat.refusals.catch_up()
    assert (chat.outcome(refused), chat.outcome(later)) == (Outcome.FAILED, Outcome.ACCEPTED)


async def test_what_is_still_on_its_way_may_be_the_one(chat: Chat) -> None:
    """The refusal can overtake the yes: then it waits for it, and the older message is not blamed alone."""
    before = await chat.sends()
    chat.now += 1
    meant = await chat.sends(until=Outcome.SENT)
    chat.now += 1
    await chat.hears(UNFRIENDLY)
    assert (chat.outcome(before), chat.outcome(meant)) == (Outcome.ACCEPTED, Outcome.SENT)
    chat.now += 1
    await chat.accepts(meant)
    await chat.refusals.settled(chat.key)
    assert (chat.outcome(before), chat.outcome(meant)) == (Outcome.UNCONFIRMED, Outcome.FAILED)


async def test_a_refusal_that_a_killed_program_did_not_heed_is_heeded(chat: Chat) -> None:
    """It is in the journal, and the message is still called accepted."""
    row = await chat.sends()
    chat.now += 1
    await chat.writes(UNFRIENDLY)
    chat.now += 3600
    await chat.refusals.catch_up()
    assert chat.outcome(row) is Outcome.FAILED


async def test_a_refusal_that_waited_at_the_service_counts_by_its_own_time(chat: Chat) -> None:
    """Nobody was there for an hour; it was made two seconds after the yes. Its pace says nothing about now."""
    row = await chat.sends()
    chat.now += 3600
    await chat.hears("操作过于频繁，可稍后再试。", created_at=NOW + 2)
    assert chat.outcome(row) is Outcome.FAILED
    assert chat.widened == []


async def test_a_refusal_from_before_the_message_does_not_mean_it(chat: Chat) -> None:
    """What waited at the service for ten minutes is about something else."""
    row = await chat.sends()
    chat.now += 1
    await chat.hears(UNFRIENDLY, created_at=NOW - 600)
    assert chat.outcome(row) is Outcome.ACCEPTED
