"""Finds messages by their text: an index of overlapping pairs of characters, updated behind the journal.

Chinese is written without blanks, so every pair of neighbouring characters is a token, and the last one alone too; words
of other scripts are tokens as they are and are found by their beginning. The index only proposes: a row counts where the
folded text really holds what was asked for. Where it proposes nothing for a word, the texts themselves are scanned, which finds
the inside of words too.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from hongyan.model.commands import SendFile
from hongyan.model.events import CommandSettled
from hongyan.model.ids import Seq
from hongyan.model.search import fold, searched_text
from hongyan.model.upload_kinds import UploadKind
from hongyan.store.rows import EVENT_COLUMNS, decode_event, recorded_from

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from hongyan.model.events import Recorded
    from hongyan.model.search import Query
    from hongyan.store.aliases import Aliases
    from hongyan.store.session import Session

__all__ = ["Search", "tokens", "wanted"]

BATCH: Final = 500
"""Rows that are indexed in one transaction, few, so that other writers wait briefly."""

_RECENT: Final = 3_000  # rows that are scanned before the index is used: common words are found among them
_SENT: Final = {"text": "send-text", "card": "send-card", "location": "send-location"}
_FILES: Final = frozenset(map(str, UploadKind))
_ENDLESS: Final = 1 << 62
_GRAMS: Final = "\u2190-\u2bff\u2e80-\u2fff\u3005-\u3007\u3031-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U0001f000-\U0003ffff"
_COLUMNS: Final = ", ".join(f"j.{column.strip()}" for column in EVENT_COLUMNS.split(","))


@cache
def _runs() -> re.Pattern[str]:
    """Compile what parts a text into runs of characters and of words, when it is first needed: it takes milliseconds."""
    return re.compile(rf"([{_GRAMS}]+)|((?:(?![{_GRAMS}])[^\W_])+)")


def tokens(text: str) -> str:
    """Return the tokens of a folded text, separated by blanks."""
    return " ".join(_tokens(text))


def _tokens(text: str) -> Iterator[str]:
    for grams, word in _runs().findall(text):
        if word:
            yield word
            continue
        for place in range(len(grams) - 1):
            yield grams[place : place + 2]
        yield grams[-1]


def wanted(words: str) -> str:
    """Return the index's question for folded words, empty where the index cannot help."""
    return " AND ".join(dict.fromkeys(_wanted(words)))


def _wanted(words: str) -> Iterator[str]:
    for grams, word in _runs().findall(words):
        if word or len(grams) == 1:
            yield f'"{word or grams}" *'
            continue
        for place in range(len(grams) - 1):
            yield f'"{grams[place : place + 2]}"'


def _holds_a_word(words: str) -> bool:
    """Whether a query has a word of a script with blanks, whose parts the index does not know."""
    return any(word for _, word in _runs().findall(words))


class Search:
    """The search of one account. ``index`` belongs to the writer."""

    def __init__(self, session: Session, aliases: Aliases) -> None:
        self._session = session
        self._account = session.account
        self._aliases = aliases

    def behind(self) -> int:
        """Return how many rows of the journal the index has not seen, about."""
        with self._session.reading() as connection:
            (last,) = connection.execute(
                "SELECT MAX(seq) FROM journal WHERE account_id = ?", (self._account,)
            ).fetchone()
            return int(last or 0) - self._low(connection)

    def index(self, connection: sqlite3.Connection) -> int:
        """Take the next rows into the index and return how many there were."""
        rows = connection.execute(
            "SELECT seq, event FROM journal WHERE account_id = ? AND seq > ? ORDER BY seq LIMIT ?",
            (self._account, self._low(connection), BATCH),
        ).fetchall()
        if not rows:
            return 0
        texts = [(seq, searched_text(decode_event(event))) for seq, event in rows]
        said = [(seq, self._account, text) for seq, text in texts if text]
        connection.executemany("INSERT INTO search_text (seq, account_id, text) VALUES (?, ?, ?)", said)
        connection.executemany(
            "INSERT INTO search_index (rowid, grams) VALUES (?, ?)",
            [(seq, tokens(text)) for seq, _, text in said],
        )
        connection.execute(
            "INSERT OR REPLACE INTO indexed (account_id, low) VALUES (?, ?)", (self._account, rows[-1][0])
        )
        return len(rows)

    def find(self, query: Query) -> list[Recorded]:
        """Return what fits, newest first, of what the index holds."""
        words = fold(query.words)
        if question := wanted(words):
            if "*" in question and len(found := self._recent(query, words)) >= query.limit:
                return found
            source = "search_index i CROSS JOIN search_text s ON s.seq = i.rowid"
            found = self._select(source, ["search_index MATCH ?"], [question], "i.rowid", query, words)
            if found or not _holds_a_word(words):
                return found
        return self._select("search_text s", [], [], "s.seq", query, words)

    def _recent(self, query: Query, words: str) -> list[Recorded]:
        """Return what fits among the newest texts: of beginnings of words the index would gather every row it has."""
        with self._session.reading() as connection:
            newest = min(self._low(connection), (query.before or _ENDLESS) - 1)
        return self._select("search_text s", ["s.seq > ?"], [newest - _RECENT], "s.seq", query, words)

    def _select(
        self,
        source: str,
        conditions: list[str],
        values: list[Any],
        order: str,
        query: Query,
        words: str,
    ) -> list[Recorded]:
        for part, given in self._conditions(query, words, order):
            conditions.append(part)
            values.extend(given)
        sql = (
            f"SELECT {_COLUMNS} FROM {source} CROSS JOIN journal j ON j.seq = s.seq"  # noqa: S608  # constants
            f" WHERE {' AND '.join([*conditions, 's.account_id = ?'])} ORDER BY {order} DESC LIMIT ?"
        )
        with self._session.reading() as connection:
            connection.create_function("sent_as", 1, _sent_as, deterministic=True)
            rows = connection.execute(sql, (*values, self._account, query.limit)).fetchall()
        return [self._aliases.renamed(recorded_from(row)) for row in rows]

    def _conditions(self, query: Query, words: str, order: str) -> Iterator[tuple[str, list[Any]]]:
        """Yield the filters as SQL with their values."""
        for column, key in (("chat", query.chat), ("sender", query.sender)):
            if key:
                keys = self._aliases.all_of(key)
                yield f"j.{column} IN ({', '.join('?' * len(keys))})", list(keys)
        yield from _conditions(query, words, order)

    def _low(self, connection: sqlite3.Connection) -> int:
        row = connection.execute("SELECT low FROM indexed WHERE account_id = ?", (self._account,)).fetchone()
        return int(row[0]) if row else 0


def _of_kinds(kinds: Sequence[str]) -> tuple[str, list[Any]]:
    """Return the filter by kind: received messages, and sends of that kind."""
    forms = [*kinds, *(_SENT[kind] for kind in kinds if kind in _SENT)]
    part = f"j.form IN ({', '.join('?' * len(forms))})"
    files = [kind for kind in kinds if kind in _FILES]
    if files:
        part = f"({part} OR (j.form = 'send-file' AND sent_as(j.event) IN ({', '.join('?' * len(files))})))"
    return part, [*forms, *files]


def _sent_as(event: bytes) -> str:
    """Return the kind under which the file of an event was sent."""
    settled = decode_event(event)
    command = settled.row.command if isinstance(settled, CommandSettled) else None
    if not isinstance(command, SendFile):
        return ""
    return str(command.sent_as)


def _conditions(query: Query, words: str, order: str) -> Iterator[tuple[str, list[Any]]]:
    """Yield the filters that are about no person."""
    for word in words.split():
        yield "instr(s.text, ?) > 0", [word]
    if query.before is not None:
        yield f"{order} < ?", [Seq(query.before)]
    if query.kinds:
        yield _of_kinds(query.kinds)
    if query.since is not None:
        yield "j.received_at >= ?", [query.since]
    if query.until is not None:
        yield "j.received_at < ?", [query.until]
    if query.link:
        yield "(j.form = 'link' OR instr(s.text, 'http://') > 0 OR instr(s.text, 'https://') > 0)", []
