"""The archive's search: what is found, what is not, and that the index keeps up with the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.model.commands import Outcome, SendFile, SendText, Settlement
from hongyan.model.events import CommandSettled, Gap, MessageReceived
from hongyan.model.ids import ClientMsgId, LoginId, MsgId, Seq, TransientName
from hongyan.model.messages import Link, Text
from hongyan.model.search import Query, fold
from hongyan.store.database import Database
from hongyan.store.search import BATCH, tokens, wanted
from hongyan.store.sqlite import open_store

from .conftest import LOGIN, said

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.model.commands import Command
    from hongyan.model.events import Recorded
    from hongyan.store.sqlite import SqliteStore

MEETING = "今天下午三点开会,请带上电脑"
ITEMS = "Please bring the item list to the meeting"
RELEASE = "Ｈｏｎｇｙａｎ 鸿雁 v1.0 发布了"
BIRTHDAY = "生日快乐🎂🥰 happy birthday"
ADDRESS = "看这个 https://example.org/a?b=1"
DINNER = "𠮷野家的牛肉饭"
WRITERS = {
    MEETING: "@bob",
    ITEMS: "@alice",
    RELEASE: "@bob",
    BIRTHDAY: "@alice",
    ADDRESS: "@bob",
    DINNER: "@alice",
}


async def filled(store: SqliteStore) -> SqliteStore:
    """Return the store with the sentences, one after the other, from two people."""
    events = [said(n, text, who) for n, (text, who) in enumerate(WRITERS.items())]
    await store.append(events, login=LOGIN, received_at=1000.0)
    return store


async def found(store: SqliteStore, words: str, **filters: object) -> list[str]:
    """Return the texts of what is found."""
    rows = await store.archive.search(Query(words=words, **filters))  # type: ignore[arg-type]  # named filters
    return [
        row.event.message.text
        for row in rows
        if isinstance(row.event, MessageReceived) and isinstance(row.event.message, Text)
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("开会", MEETING),
        ("会", MEETING),
        ("三点开会,请", MEETING),
        ("meet", ITEMS),
        ("MEETING item", ITEMS),
        ("tem", ITEMS),  # inside a word: the scan finds it
        ("hongyan", RELEASE),
        ("鸿雁 发布", RELEASE),
        ("🥰", BIRTHDAY),
        ("🎂🥰", BIRTHDAY),
        ("example.org/a?b", ADDRESS),
        ("𠮷野", DINNER),
        ("v1.0", RELEASE),
    ],
)
async def test_words_find_their_sentence(store: SqliteStore, words: str, sentence: str) -> None:
    """Chinese by any piece, other scripts by the beginning of a word and else by a scan, whatever case and width."""
    assert await found(await filled(store), words) == [sentence]


@pytest.mark.parametrize(
    "words", ["会开", "鸿 雁二", '"', "* OR NEAR(", "item AND", "'; DROP TABLE search_text", "100%"]
)
async def test_what_is_not_there_is_not_found(store: SqliteStore, words: str) -> None:
    """And no text is an error."""
    assert await found(await filled(store), words) == []


async def test_filters_narrow_what_is_found(store: SqliteStore) -> None:
    """By chat, writer, kind, time, link, and place in the journal; newest first."""
    await filled(store)
    link = Link(
        id=MsgId("90"), chat=TransientName("@bob"), sender=TransientName("@bob"), title="新闻", url="x"
    )
    await store.append([(MessageReceived(message=link), b"")], login=LOGIN, received_at=2000.0)
    bob = store.directory.key_of(LOGIN, TransientName("@bob"))
    assert bob is not None
    assert await found(store, "", chat=bob) == [ADDRESS, RELEASE, MEETING]
    assert await found(store, "", sender=bob, limit=2) == [ADDRESS]
    assert await found(store, "", since=1500.0) == []
    assert await found(store, "开会", until=1000.0) == []
    assert await found(store, "", before=Seq(3)) == [ITEMS, MEETING]
    assert await found(store, "", link=True) == [ADDRESS]
    (row,) = await store.archive.search(Query(words="新闻", kinds=("link",)))
    assert row.seq == 7


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("text", {"报告 here", "报告 done"}),
        ("picture", {"报告.png", "报告 drawn"}),
        ("file", {"报告.jpg"}),
        ("video", set()),
    ],
)
async def test_a_kind_is_what_came_and_what_was_sent(store: SqliteStore, kind: str, wanted: set[str]) -> None:
    """As what a file went is told by its form, and where nobody said, by its name."""
    await store.append([said(1, "报告 here")], login=LOGIN, received_at=1.0)
    (bob,) = (await store.directory.give_keys(LOGIN, [TransientName("@bob")])).values()
    sent: tuple[Command, ...] = (
        SendText(chat=bob, text="报告 done"),
        SendFile(chat=bob, path="p", md5="", size=9, name="报告.png"),
        SendFile(chat=bob, path="p", md5="", size=9, name="报告 drawn", form="picture"),
        SendFile(chat=bob, path="p", md5="", size=9, name="报告.jpg", form="file"),
    )
    for number, command in enumerate(sent):
        row = await store.outbox.enqueue(command, ClientMsgId(str(number)), now=2.0)
        await store.settle(Settlement(row.id, Outcome.ACCEPTED, f"9{number}"), now=2.0)
    found = await store.archive.search(Query(words="报告", kinds=(kind,)))
    assert {_said_in(row) for row in found} == wanted


def _said_in(row: Recorded) -> str:
    if isinstance(row.event, MessageReceived):
        return str(getattr(row.event.message, "text", ""))
    assert isinstance(row.event, CommandSettled)
    command = row.event.row.command
    return str(getattr(command, "text", "") or getattr(command, "name", ""))


async def test_the_index_is_caught_up_before_it_answers(store: SqliteStore) -> None:
    """In batches, each told of; what was taken in is not taken in again."""
    await store.append([said(n, f"号码{n}") for n in range(2 * BATCH + 10)], login=LOGIN, received_at=1.0)
    behind: list[int] = []
    (row,) = await store.archive.search(Query(words=f"号码{2 * BATCH + 9}"), progress=behind.append)
    assert (row.seq, behind) == (2 * BATCH + 10, [2 * BATCH + 10, BATCH + 10, 10])
    assert await store.archive.index() == 0


async def test_an_interrupted_catching_up_goes_on(tmp_path: Path) -> None:
    """A program that ends between two batches leaves the index whole, and another goes on."""
    database = Database(tmp_path / "journal.db")
    store = open_store(database, "me")
    await store.append([said(n, f"号码{n}") for n in range(BATCH + 5)], login=LOGIN, received_at=1.0)
    assert await store.archive.index() == BATCH
    database.close()
    beside = Database(tmp_path / "journal.db", holds=False)
    rows = await open_store(beside, "me").archive.search(Query(words="号码", limit=10_000))
    assert len(rows) == BATCH + 5
    beside.close()


async def test_accounts_of_one_database_do_not_see_each_other(database: Database) -> None:
    """A fleet shares the index's table, not what it finds."""
    mine, other = open_store(database, "me"), open_store(database, "other")
    await filled(mine)
    await other.append([said(1, "我也开会")], login=LoginId("second"), received_at=1.0)
    assert await found(mine, "开会") == [MEETING]
    assert await found(other, "开会") == ["我也开会"]


async def test_history_shows_gaps_where_they_are(store: SqliteStore) -> None:
    """Between the messages before and after, not before the first that is shown."""
    gap = Gap(since=1.0, until=2.0, reason="new-login")
    for event in (said(1, "one"), (gap, b""), said(2, "two"), (gap, b""), said(3, "three")):
        await store.append([event], login=LOGIN, received_at=1.0)
    key = store.directory.key_of(LOGIN, TransientName("@alice"))
    assert key is not None
    assert [row.seq for row in store.journal.history(key)] == [1, 2, 3, 4, 5]
    assert [row.seq for row in store.journal.history(key, limit=2)] == [3, 4, 5]
    assert [row.seq for row in store.journal.history(key, limit=2, before=Seq(4))] == [1, 2, 3]


@given(st.text(alphabet="今天下午三点开会abc 12，🎂é\u3000-", max_size=20), st.data())
def test_tokens_of_a_piece_are_among_the_tokens_of_the_whole(text: str, data: st.DataObject) -> None:
    """What the index is asked for a piece of Chinese text, the text has."""
    text = fold(text)
    begin = data.draw(st.integers(0, len(text)))
    piece = text[begin : data.draw(st.integers(begin, len(text)))]
    have = tokens(text).split()
    for asked in wanted(piece).split(" AND ") if wanted(piece) else ():
        term = asked.strip("* ").strip('"')
        whole_word = term.isascii() or "é" in term  # words are found by their beginning: a cut one may not be
        assert whole_word or any(token == term or token.startswith(term) for token in have)


@pytest.mark.parametrize("each", [3, 200, 1500])
@pytest.mark.parametrize("words", ["meet", "会"])
async def test_page_after_page_everything_is_found_newest_first(
    store: SqliteStore, words: str, each: int
) -> None:
    """Whether a word is common or rare, and whether it stands among the newest texts or far back."""
    texts = [f"{words}ing {n}" if n % each == 0 else f"nothing {n}" for n in range(5_000)]
    for begin in range(0, len(texts), 1_000):
        batch = [said(n, texts[n]) for n in range(begin, begin + 1_000)]
        await store.append(batch, login=LOGIN, received_at=1000.0)
    seen: list[str] = []
    before: Seq | None = None
    while rows := await store.archive.search(Query(words=words, before=before, limit=90)):
        seen += [row.event.message.text for row in rows if isinstance(row.event, MessageReceived) and isinstance(row.event.message, Text)]  # fmt: skip
        before = rows[-1].seq
        assert len(rows) == 90 or len(seen) == len([text for text in texts if text.startswith(words)])
    assert seen == [text for text in reversed(texts) if text.startswith(words)]
