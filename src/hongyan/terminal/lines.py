"""Turns messages and events into single lines in the formats plain, seed, speech and JSON; it prints and sends nothing.

Everything from the wire passes ``clean`` on its way, so a line holds no control character and ends where it should.
"""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import msgspec

from hongyan.model.commands import Outcome
from hongyan.model.display_text import clean, json_safe
from hongyan.model.messages import SELF, Recall, Text
from hongyan.model.summary import full, sentence
from hongyan.model.times import local
from hongyan.terminal.addressed import addressed
from hongyan.terminal.faults import explained, why_failed
from hongyan.terminal.seen import About, Seen, about
from hongyan.terminal.strings.language import Language, say
from hongyan.terminal.strings.line_mode import LINE_MODE

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.model.commands import CommandRow
    from hongyan.model.events import Gap, LoginChanged, Status, UnknownEvent
    from hongyan.model.messages import AnyMessage

__all__ = ["Format", "Lines"]

# The label that a summary begins with, as in "[picture 83 KB]", "[file] a.pdf"; and the seconds in it, as in 12".
_LABEL: Final = re.compile(r"\[(?P<kind>[^\]\d￥¥]{1,64}?)(?:\s{1,8}(?P<size>[\d￥¥][^\]]*))?\]\s*")
_SECONDS: Final = re.compile(r'\b(\d+)"')


class Format(StrEnum):
    """How lines look."""

    PLAIN = "plain"  # 09:12 name @ group: text
    SEED = "seed"  # id |group| from -> to: text
    JSON = "json"  # one object a line
    SPEAK = "speak"  # chat, sender, text, time: in the order for listening


class Lines:
    """Renders for one account called ``me``. ``now`` returns Unix seconds: older days show their date.

    Every method returns lines without a line end.
    """

    def __init__(self, form: Format, language: Language, me: str, now: Callable[[], float]) -> None:
        self.form = form
        self.language = language
        self.me = clean(me, newline=" ")
        self.now = now

    # Messages

    def shows(self, message: AnyMessage) -> bool:
        """Whether a message is one to show as it comes: what the phone merely does is left to JSON."""
        return self.form is Format.JSON or message.shown

    def message(self, seen: Seen, *, numbered: bool = False, recalled: bool = False) -> str:
        """Return the line of a received message, with its number (``#12``) behind it where asked for."""
        if self.form is Format.JSON:
            return self._json("message", **_message_values(seen, self.content(seen)), **_mark(recalled))
        return self._in_order(
            _Part(
                id=_name(seen.message.id),
                at=seen.at,
                chat=self._named(seen.chat),
                sender=self._sender(seen),
                content=self._marked(
                    self._content_with_hint(seen), self.words("mark-recalled") if recalled else ""
                ),
                group=seen.group,
                outgoing=seen.message.outgoing and not isinstance(seen.message, Recall),
                number=seen.seq if numbered else 0,
            )
        )

    def content(self, seen: Seen) -> str:
        """Return a message as one clean line; a recall shows the recalled text if it is known."""
        if isinstance(seen.message, Recall):
            return self._recall(seen, seen.message)
        return self._summary(seen.message)

    def _content_with_hint(self, seen: Seen) -> str:
        content = self.content(seen)
        return f"{content} ({self.words('accept-hint', number=seen.request)})" if seen.request else content

    def _sender(self, seen: Seen) -> str:
        if isinstance(seen.message, Recall):
            return ""  # the sentence names who took it back
        if seen.message.outgoing:
            return self.words("me-phone")
        return self._named(seen.sender) if seen.message.sender else ""

    def _named(self, name: str) -> str:
        """Return a clean name; a person in no list yet is called unknown."""
        return _name(name) or self.words("somebody")

    def _writer(self, seen: Seen) -> str:
        """Return who wrote where the message itself does not say: in a private chat it is the other one."""
        return self._named(seen.sender or ("" if seen.group else seen.chat))

    def _recall(self, seen: Seen, recall: Recall) -> str:
        who = _name(recall.by) if recall.by and recall.by != SELF else ""
        own = recall.by == SELF or (seen.message.outgoing and not who)
        text = self.words("recalled-own") if own else self.words("recalled-by", who=who or self._writer(seen))
        if seen.original is None:
            return text
        original = self.words("recalled-original", original=self._summary(seen.original))
        return f"{text}{self._comma()}{original}"

    def _summary(self, message: AnyMessage) -> str:
        newline = self._comma() if self.form is Format.SPEAK else "⏎"
        # A sentence of the service needs no brackets: the line's star says that no person wrote it.
        if text := sentence(message, self.language.value):
            return clean(text, newline=newline)
        text = clean(full(message, self.language.value), newline=newline)
        return text if isinstance(message, Text) else self._spoken(text)

    def _spoken(self, said: str) -> str:
        """Say ``picture, 83 KB`` where the eye reads ``[picture 83 KB]``."""
        label = _LABEL.match(said) if self.form is Format.SPEAK else None
        if label is None:
            return said
        rest = said[label.end() :]
        parts = (label["kind"], label["size"] or "", rest)
        heard = self._comma().join(part for part in parts if part)
        return _SECONDS.sub(lambda m: self.words("seconds", count=m[1]), heard)

    # What became of commands

    def sent(self, row: CommandRow, chat: str, *, group: bool, seq: int, recalled: bool = False) -> str:
        """Return the line of a sent message, marked if the server did not take it or it was recalled."""
        subject = about(row)
        if self.form is Format.JSON:
            place = {"name": chat, "group": group}
            return self._json("sent", seq=seq, chat=place, **_row_values(row), **_mark(recalled))
        return self._in_order(
            _Part(
                id=row.result,
                at=row.settled_at or row.created_at,
                chat=self._named(chat),
                sender=self.words("me"),
                content=self._marked(
                    clean(subject.text) or self._spoken(f"[{self._what(subject)}]"),
                    self._fate(row, recalled=recalled),
                ),
                group=group,
                outgoing=True,
                number=seq,
            )
        )

    @staticmethod
    def _marked(content: str, mark: str) -> str:
        return f"{content} ({mark})" if mark else content

    def _fate(self, row: CommandRow, *, recalled: bool) -> str:
        """Return the outcome of a sent message that did not simply arrive."""
        if row.outcome is Outcome.FAILED:
            why, _ = why_failed(row, self.language)
            return self.words("mark-failed", why=why.rstrip("。."))
        if row.outcome is Outcome.UNCONFIRMED:
            return self.words("mark-unconfirmed")
        return self.words("mark-recalled") if recalled else ""

    def settled(self, row: CommandRow, name: str) -> str:
        """Return the status line of any other outcome: done, failed with reason and advice, unconfirmed."""
        subject = about(row)
        if self.form is Format.JSON:
            return self._json("command", chat={"name": name}, **_row_values(row))
        what = self._what(subject)
        if row.outcome is Outcome.FAILED:
            return self.status_line(self._failure(row, what, _name(name)))
        if row.outcome is Outcome.UNCONFIRMED:
            return self.status_line(self.words("unconfirmed", what=what, name=_name(name)))
        done = f"{what}{self._comma()}{_name(name)}" if name and name != subject.name else what
        return self.status_line(self.words("done", what=done))

    def _failure(self, row: CommandRow, what: str, name: str) -> str:
        why, advice = why_failed(row, self.language)
        key = "failed" if row.command.is_message and name else "not-done"
        parts = [self.words(key, what=what, name=name, why=why)]
        if advice:
            parts.append(self.words("advice", advice=advice))
        if row.retry_at:
            parts.append(self.words("retry-at", time=self._clock(row.retry_at)))
        return self._stop().join(part.rstrip("。.") for part in parts)

    def _what(self, subject: About) -> str:
        return self.words(subject.what, name=clean(subject.name, newline=" ")).strip()

    # The login and the journal

    def login(self, event: LoginChanged) -> str:
        """Return the line of a change of the login, with reason and advice where it got worse."""
        if self.form is Format.JSON:
            advice = addressed(event.advice)
            return self._json("login", state=event.state, reason=event.reason, said=event.said, advice=advice)
        why, advice = (
            explained(event.reason, event.said, event.advice, self.language) if event.reason else ("", "")
        )
        state = self.words(f"state-{event.state}")
        hint = self.words("advice", advice=advice) if advice else ""
        return self.status_line(self._stop().join(part.rstrip("。.") for part in (state, why, hint) if part))

    def gap(self, event: Gap) -> str:
        """Return the line of a time without a connection."""
        if self.form is Format.JSON:
            return self._json("gap", since=event.since, until=event.until, reason=event.reason)
        since, until = self._clock(event.since), self._clock(event.until)
        return self.status_line(self.words("gap", since=since, until=until))

    def unknown(self, event: UnknownEvent, seq: int) -> str:
        """Return the line of a row that this version cannot read."""
        if self.form is Format.JSON:
            return self._json("unknown", seq=seq, said=event.said)
        return self.status_line(self.words("unknown-event", seq=seq, said=clean(event.said)))

    def state(self, status: Status) -> str:
        """Return the line of ``/status``."""
        if self.form is Format.JSON:
            return self._json("status", **msgspec.to_builtins(status))
        parts = [self.words("status", state=self.words(f"state-{status.state}"), queued=status.queued)]
        if status.since:
            parts.append(self.words("status-since", time=self._clock(status.since)))
        if status.latency is not None:
            parts.append(self.words("status-latency", ms=round(status.latency * 1000)))
        if status.retry_at:
            parts.append(self.words("retry-at", time=self._clock(status.retry_at)))
        return self.status_line(self._comma().join(parts))

    def saved(self, seq: int, path: str) -> str:
        """Return the line with the path of a saved file."""
        if self.form is Format.JSON:
            return self._json("saved", seq=seq, path=path)
        spoken = self.words("number", number=seq) + self._comma()
        number = spoken if self.form is Format.SPEAK else f"#{seq} "
        return self.status_line(number + self.words("saved", path=clean(path)))

    # Pieces

    def status_line(self, text: str) -> str:
        """Return a sentence of the program marked as such."""
        if self.form is Format.JSON:
            return self._json("note", text=text)
        return {Format.PLAIN: f"* {text}", Format.SEED: f"[*] {text}", Format.SPEAK: text}[self.form]

    def problem(self, code: str, why: str, advice: str) -> list[str]:
        """Return the lines of something that cannot be done: why, and what to do instead."""
        if self.form is Format.JSON:
            return [self._json("problem", code=code, text=why, advice=advice)]
        hint = [self.status_line(self.words("advice", advice=advice))] if advice else []
        return [self.status_line(why), *hint]

    def words(self, key: str, /, **values: object) -> str:
        """Return a sentence of the catalogue."""
        return say(LINE_MODE, key, self.language, **values)

    def _in_order(self, part: _Part) -> str:
        return _ORDERS[self.form](self, part)

    def _plain(self, part: _Part) -> str:
        number = f"  #{part.number}" if part.number else ""
        return f"{self._clock(part.at)} {self._who(part)}: {part.content}{number}"

    @staticmethod
    def _who(part: _Part) -> str:
        if part.outgoing:
            return f"{part.sender} → {part.chat}"
        if not part.sender:
            return f"* {part.chat}" if part.chat else "*"
        return f"{part.sender} @ {part.chat}" if part.group else part.sender

    def _seed(self, part: _Part) -> str:
        # The first line clients print GROUP for the receiver in a group and SYSTEM where no person wrote (seen in WeixinBot).
        group = f"|{part.chat}| " if part.group else ""
        sender = self.me if part.outgoing else part.sender or "SYSTEM"
        to = "GROUP" if part.group and part.sender else part.chat if part.outgoing else self.me
        return f"{part.id} {group}{sender} -> {to}: {part.content}"

    def _speak(self, part: _Part) -> str:
        chat = part.chat if part.group or part.outgoing or not part.sender else ""
        whose = self._comma().join(filter(None, [chat, part.sender]))
        colon = "：" if self.language is not Language.EN else ": "
        number = [self.words("number", number=part.number)] if part.number else []
        return f"{whose}{colon}{self._comma().join([part.content, self._clock(part.at), *number])}"

    def _comma(self) -> str:
        return "，" if self.language is not Language.EN else ", "

    def _stop(self) -> str:
        return "。" if self.language is not Language.EN else ". "

    def _clock(self, at: float) -> str:
        when, today = local(at), local(self.now())
        if when.date() == today.date():
            return f"{when:%H:%M}"
        return f"{when:%m-%d %H:%M}" if when.year == today.year else f"{when:%Y-%m-%d %H:%M}"

    def values(self, event: str, **values: Any) -> str:
        """Return any other values as a JSON line."""
        return self._json(event, **values)

    @staticmethod
    def _json(event: str, **values: Any) -> str:
        return json_safe(json.dumps({"schema": 1, "event": event, **values}, ensure_ascii=False))


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """What the three text formats put into their own order; all text is clean."""

    id: str
    at: float
    chat: str
    sender: str
    content: str
    group: bool
    outgoing: bool
    number: int


_ORDERS: Final[dict[Format, Callable[[Lines, _Part], str]]] = {
    Format.PLAIN: Lines._plain,  # noqa: SLF001  # the table of the class's own methods
    Format.SEED: Lines._seed,  # noqa: SLF001  # as above
    Format.SPEAK: Lines._speak,  # noqa: SLF001  # as above
}


def _name(name: str) -> str:
    return clean(name, newline=" ", tab=" ")


def _mark(recalled: bool) -> dict[str, bool]:  # its one value
    return {"recalled": True} if recalled else {}


def _message_values(seen: Seen, content: str) -> dict[str, Any]:
    fields = msgspec.to_builtins(seen.message)
    public = {name: value for name, value in fields.items() if name not in seen.message.secret_fields}
    return {
        "seq": seen.seq,
        "id": seen.message.id,
        "time": seen.at,
        "chat": {"key": seen.chat_key, "name": seen.chat, "group": seen.group},
        "sender": {"key": seen.sender_key, "name": seen.sender},
        "outgoing": seen.message.outgoing,
        "kind": seen.message.kind,
        "line": content,
        "request": seen.request,
        "mentions_me": seen.mentions_me,
        "redelivered": seen.redelivered,
        "message": public,
    }


def _row_values(row: CommandRow) -> dict[str, Any]:
    names = ("outcome", "result", "reason", "said", "retry_at")
    command = msgspec.to_builtins(row.command)
    return {"id": row.id, "command": command, **{name: getattr(row, name) for name in names}}
