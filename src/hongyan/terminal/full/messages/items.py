"""Turns rows of the journal into what a history shows of them: clean lines with the names of their styles; it lays nothing out.

Nothing of the wire leaves this module unclean, and nothing here knows how wide a pane is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from hongyan.model.commands import CommandRow, ForwardMessage, Outcome, SendFile, SendText
from hongyan.model.display_text import clean
from hongyan.model.events import CommandSettled, Gap, MessageReceived, Removed, UnknownEvent
from hongyan.model.ids import CommandId, MsgId, Seq
from hongyan.model.messages import SELF, Picture, Quote, Recall, Sticker, Text, Video, Voice
from hongyan.model.quoting import quoted_in
from hongyan.model.summary import quotation
from hongyan.model.times import shown_at
from hongyan.terminal.faults import why_failed
from hongyan.terminal.full.messages.cards import Row, body_of
from hongyan.terminal.full.strings.history import HISTORY
from hongyan.terminal.seen import about
from hongyan.terminal.strings.language import Language, say
from hongyan.terminal.strings.line_mode import LINE_MODE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from hongyan.client.account import Account
    from hongyan.model.events import Recorded
    from hongyan.model.messages import AnyMessage

__all__ = ["Item", "ItemBuilder", "Quoting", "looks_like_picture", "message_of", "tongue"]

_NO_ID: Final = MsgId("")


@dataclass(frozen=True, slots=True)
class Quoting:
    """What an item answers: the writer's name, a line of the text, and the message's number where it is known."""

    who: str
    what: str
    id: MsgId = _NO_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry of a history. All text is clean; ``at`` is Unix seconds.

    ``seq`` is 0 for what is not in the journal yet, ``command`` is set for what was sent from this profile. ``state`` is
    empty, ``pending``, ``sent``, ``failed`` or ``unconfirmed``, and ``note`` says more of it. ``side`` is ``other``,
    ``me`` or ``middle`` (text of the service). ``picture`` is the size in pixels of a picture, (0, 0) where it is unknown.
    """

    seq: Seq
    at: float
    kind: str
    body: tuple[Row, ...]
    side: str = "other"
    who: str = ""
    who_key: str = ""
    command: CommandId | None = None
    state: str = ""
    note: str = ""
    recalled: bool = False
    mention: bool = False
    quote: Quoting | None = None
    picture: tuple[int, int] | None = None
    file: Path | None = None
    row: Recorded | None = field(default=None, compare=False)
    command_row: CommandRow | None = field(default=None, compare=False)

    @property
    def key(self) -> tuple[int, int]:
        """What an item is known by as long as the chat is open."""
        return (self.seq, self.command or 0)

    @property
    def id(self) -> MsgId:
        """The service's number of the message, empty where there is none."""
        if self.command_row is not None:
            return (
                MsgId(self.command_row.result)
                if self.command_row.outcome is not Outcome.FAILED
                else MsgId("")
            )
        message = message_of(self.row)
        return message.id if message is not None else MsgId("")

    @property
    def text(self) -> str:
        """The whole text, as it is copied: what was written, clean, with its line ends."""
        return "\n".join(row.text for row in self.body)


def message_of(recorded: Recorded | None) -> AnyMessage | None:
    """Return the message of a row, None for any other row."""
    event = recorded.event if recorded is not None else None
    return event.message if isinstance(event, MessageReceived) else None


def tongue(language: Language) -> str:
    """Return the language as the model's summaries know it."""
    return str(language)


@dataclass(slots=True)
class ItemBuilder:
    """Makes items for one account. ``emoji`` shows the emoticons of a text as the settings want them; ``now()`` is Unix seconds."""

    account: Account
    language: Language
    time_text: Callable[[float], str]
    now: Callable[[], float]
    recalled: str = "keep"
    emoji: Callable[[str], str] = str
    unfolded: set[Seq] = field(default_factory=set)
    shown_again: set[Seq] = field(default_factory=set)

    def items(self, rows: Sequence[Recorded]) -> list[Item]:
        """Return the items of rows, in their order; rows that a chat does not show have none."""
        taken_back = self.account.archive.recalled(*filter(None, map(_number, rows)))
        built = (self._item(row, taken_back) for row in rows)
        return [item for item in built if item is not None]

    def pending(self, rows: Iterable[CommandRow]) -> list[Item]:
        """Return the items of unsettled sends."""
        now = self.now()
        return [self._own(row, None, self._waiting(row, now), "pending") for row in rows]

    def say(self, key: str, /, **values: object) -> str:
        """Return a sentence of the history's own table."""
        return say(HISTORY, key, self.language, **values)

    # -- by what the row holds

    def _item(self, row: Recorded, taken_back: set[str]) -> Item | None:
        match row.event:
            case MessageReceived(message=message):
                return self._message(row, message, taken_back) if message.shown else None
            case CommandSettled(row=command):
                return self._settled(row, command, taken_back)
            case Gap(since=since, until=until):
                text = self.say("gap", since=self.time_text(since), until=self.time_text(until))
                return Item(
                    seq=row.seq, at=until, kind="gap", body=(Row(text, "gap"),), side="middle", row=row
                )
            case UnknownEvent(said=said):
                text = self.say("unreadable-row", seq=row.seq, said=clean(said, newline=" "))
                return Item(
                    seq=row.seq,
                    at=row.received_at,
                    kind="unknown",
                    body=(Row(text, "notice"),),
                    side="middle",
                    row=row,
                )
            case Removed():
                body = (Row(self.say("removed"), "notice"),)
                return Item(
                    seq=row.seq, at=row.received_at, kind="removed", body=body, side="middle", row=row
                )
            case _:
                return None

    def _message(self, row: Recorded, message: AnyMessage, taken_back: set[str]) -> Item:
        recalled = bool(message.id) and message.id in taken_back and not isinstance(message, Recall)
        quote, body = self._written(message, row.seq)
        if recalled:
            body = self._recalled(body, row.seq)
            quote = quote if self.tells(row.seq) else None
        incoming = self.account.incoming(row)
        assert incoming is not None  # the row holds a message
        middle = message.by_service or not (message.sender or message.outgoing)
        shown = not recalled or self.tells(row.seq)
        return Item(
            seq=row.seq,
            at=shown_at(message.created_at, row.received_at),
            kind=message.kind,
            body=(Row(self._recall(row, message), "recalled"),) if isinstance(message, Recall) else body,
            side="middle" if middle else "me" if message.outgoing else "other",
            who=self.say("me-phone")
            if message.outgoing
            else _name(incoming.sender_name) or self.say("somebody"),
            who_key=row.sender or row.chat,
            state="sent" if message.outgoing else "",
            recalled=recalled,
            mention=str(incoming.mentions_me) == "yes" if not message.outgoing else False,
            quote=quote,
            picture=_picture(message) if shown else None,
            file=self._file(row, message) if shown else None,
            row=row,
        )

    def has_file(self, row: Recorded) -> bool:
        """Whether the file that a row's item draws or plays is there by now."""
        message = message_of(row)
        return message is not None and self._file(row, message) is not None

    def _file(self, row: Recorded, message: AnyMessage) -> Path | None:
        """Return the file that is drawn or played: of a video its still picture."""
        match message:
            case Video():
                return self.account.file(row, size="thumbnail")
            case Picture():
                return self.account.file(row) or self.account.file(row, size="thumbnail")
            case Sticker() | Voice():
                return self.account.file(row)
            case _:
                return None

    def _written(self, message: AnyMessage, seq: Seq) -> tuple[Quoting | None, tuple[Row, ...]]:
        """Return what a message answers and what it says."""
        match message:
            case Text(text=text) if (found := quoted_in(text)) is not None:
                what = _one_line(self.emoji(found.what))
                if not message.outgoing:
                    what = f"{what} ({self.say('quoted-by-hand')})"  # a typed quotation may be invented
                return Quoting(_name(found.who), what), self._text(found.text)
            case Text(text=text, links=links):
                label = (Row(clean(f"↗ {k.text} {k.url}", newline=" "), "link") for k in links)
                return None, (*self._text(text), *label)
            case Quote(text=text, quoted=quoted):
                what = _one_line(self.emoji(quotation(quoted, self.language.value)))
                return Quoting(_name(quoted.sender_name), what, quoted.id), self._text(text)
            case _:
                return None, body_of(message, self.language, unfolded=seq in self.unfolded)

    def _text(self, text: str) -> tuple[Row, ...]:
        return tuple(Row(part, "") for part in clean(self.emoji(text), newline="\n").split("\n"))

    # -- recalled messages

    def tells(self, seq: Seq) -> bool:
        """Whether the text of a recalled message is shown."""
        return self.recalled == "keep" or (self.recalled == "hide" and seq in self.shown_again)

    def _recalled(self, body: tuple[Row, ...], seq: Seq) -> tuple[Row, ...]:
        if self.tells(seq):
            return (*(Row(row.text, "recalled") for row in body), Row(f"({self.say('recalled')})", "notice"))
        key = "recalled-hidden" if self.recalled == "hide" else "recalled-erased"
        return (Row(self.say(key, key="."), "recalled"),)

    def _recall(self, row: Recorded, recall: Recall) -> str:
        who = _name(recall.by) if recall.by and recall.by != SELF else ""
        if recall.by == SELF or (recall.outgoing and not who):
            return f"⟲ {self.say('recalled-own')}"
        incoming = self.account.incoming(row)
        writer = _name(incoming.sender_name) if incoming is not None else ""
        return f"⟲ {self.say('recalled-by', who=who or writer or self.say('somebody'))}"

    # -- what was sent from here

    def _settled(self, row: Recorded, command: CommandRow, taken_back: set[str]) -> Item | None:
        if not command.command.is_message:
            return None
        state = {Outcome.FAILED: "failed", Outcome.UNCONFIRMED: "unconfirmed"}.get(command.outcome, "sent")
        item = self._own(command, row, "", state)
        if state == "sent" and command.result and command.result in taken_back:
            quote = item.quote if self.tells(row.seq) else None
            return _changed(item, body=self._recalled(item.body, row.seq), recalled=True, quote=quote)
        return item

    def _own(self, command: CommandRow, row: Recorded | None, note: str, state: str) -> Item:
        if state == "failed":
            why, _ = why_failed(command, self.language)
            note = self.say("failed", why=why.rstrip("。."))
        elif state == "unconfirmed":
            note = self.say("unconfirmed")
        quote, body, picture, file = self._sent(command)
        return Item(
            seq=row.seq if row is not None else Seq(0),
            at=command.sent_at or command.settled_at or command.created_at,
            kind="sent",
            body=body,
            side="me",
            who=self.say("me"),
            who_key="",
            command=command.id,
            state=state,
            note=note,
            quote=quote,
            picture=picture,
            file=file,
            row=row,
            command_row=command,
        )

    def _sent(
        self, command: CommandRow
    ) -> tuple[Quoting | None, tuple[Row, ...], tuple[int, int] | None, Path | None]:
        subject = about(command)
        label = say(LINE_MODE, subject.what, self.language, name=_name(subject.name)).strip()
        match command.command:
            case SendText(text=text):
                return *self._written(Text(text=text), Seq(0)), None, None
            case SendFile(name=name) as sent:
                label = say(LINE_MODE, subject.what, self.language, name=_name(name))
                drawn = sent.sent_as in {"picture", "sticker"}
                if drawn or (sent.form == "auto" and looks_like_picture(name)):
                    return None, (Row(f"[{label}]", "card"),), (0, 0), self.account.archive.copy_of(sent)
            case ForwardMessage(seq=seq):
                rows = self.account.archive.journal(Seq(seq - 1), 1)
                original = next((row for row in rows if row.seq == seq), None)
                if (message := message_of(original)) is not None:
                    return *self._written(message, Seq(0)), None, None
                label = say(LINE_MODE, "what-forward", self.language)
        return None, (Row(f"[{label}]", "card"),), None, None

    def _waiting(self, command: CommandRow, now: float) -> str:
        until = command.retry_at or command.due_at
        if until is not None and until > now:
            if until - now <= 60:
                return self.say("held", seconds=max(1, round(until - now)))
            return self.say("waits", time=self.time_text(until))
        return self.say("pending" if command.outcome is Outcome.SENT else "queued")


def _changed(item: Item, **changes: object) -> Item:
    from dataclasses import replace

    return replace(item, **changes)  # type: ignore[arg-type]  # the fields are those of the callers above


def _number(row: Recorded) -> MsgId:
    match row.event:
        case MessageReceived(message=message):
            return message.id
        case CommandSettled(row=command):
            return MsgId(command.result)
        case _:
            return MsgId("")


def _name(text: str) -> str:
    return clean(text, newline=" ", tab=" ")


def _one_line(text: str) -> str:
    return clean(text, newline=" ", tab=" ")


def _picture(message: AnyMessage) -> tuple[int, int] | None:
    match message:
        case Picture(thumb_size=size) | Video(thumb_size=size):
            return size or (0, 0)
        case Sticker(image_size=size):
            return size or (0, 0)
        case _:
            return None


def looks_like_picture(name: str) -> bool:
    """Whether a file of this name is one of the pictures that are drawn."""
    return name.lower().endswith((".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp"))
