"""What each kind of message looks like as lines: cards for links, programs, money and the rest; it knows no pane and no row.

Texts are written by ``items.py``; here is everything that is more, or less, than a text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from hongyan.model.display_text import clean
from hongyan.model.messages import (
    AppMessage,
    Card,
    Channels,
    Coupon,
    FavoriteRecord,
    File,
    FilePlaceholder,
    FriendRequest,
    GroupInvitation,
    GroupTodo,
    Link,
    LiveLocation,
    Location,
    MiniProgram,
    Music,
    Picture,
    Product,
    Record,
    RedPacket,
    Sticker,
    StickerSet,
    SuggestedFriend,
    Transfer,
    Unknown,
    Unparsed,
    Unsupported,
    Video,
    Voice,
)
from hongyan.model.summary import entries, line
from hongyan.terminal.full.strings.history import HISTORY
from hongyan.terminal.strings.language import Language, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.model.messages import AnyMessage

__all__ = ["Row", "body_of"]

_FOLDED: Final = 3  # entries of a record that show before it is unfolded
_DEEP: Final = 1000  # lines of entries that are shown at most


class Row(NamedTuple):
    """A line before it is wrapped: clean text, the name of its style, and what can be done with it, where there is room."""

    text: str
    style: str
    hint: str = ""


class _Pen:
    """Writes rows in one language."""

    def __init__(self, language: Language, *, unfolded: bool) -> None:
        self.language = language
        self.unfolded = unfolded

    def say(self, key: str, /, **values: object) -> str:
        return say(HISTORY, key, self.language, **values)

    def summary(self, message: AnyMessage) -> str:
        return clean(line(message, str(self.language)), newline=" ")  # type: ignore[arg-type]  # the languages' values are the literal's


def body_of(message: AnyMessage, language: Language, *, unfolded: bool = False) -> tuple[Row, ...]:
    """Return the lines of a message that is not a plain text; ``unfolded`` shows all entries of a record."""
    pen = _Pen(language, unfolded=unfolded)
    draw = _DRAWN.get(type(message))
    rows = draw(pen, message) if draw is not None else _service(pen, message)
    return tuple(row for row in rows if row.text) or (Row(f"[{message.kind}]", "card"),)


def _rows(text: str, style: str) -> list[Row]:
    """Return the lines of a text from the wire."""
    return [Row(part, style) for part in clean(text, newline="\n").split("\n")] if text else []


def _one(text: str, style: str) -> Row:
    return Row(clean(text, newline=" "), style)


def _hinted(key: str) -> Callable[[_Pen, Any], list[Row]]:
    def draw(pen: _Pen, message: AnyMessage) -> list[Row]:
        return [Row(pen.summary(message), "card", pen.say(key))]

    return draw


def _service(pen: _Pen, message: AnyMessage) -> list[Row]:
    """Return the lines of whatever needs no card; sentences of the service lose their brackets."""
    text = clean(line(message, str(pen.language)), newline="\n")  # type: ignore[arg-type]  # the languages' values are the literal's
    if text.startswith("[") and text.endswith("]"):
        return [Row(text[1:-1], "notice")]
    return [Row(part, "card") for part in text.split("\n")]


def _link(pen: _Pen, message: Link) -> list[Row]:
    if len(message.articles) > 1:
        rows = [_one(f"[{_label(pen, message)}] {message.publisher}".rstrip(), "card")]
        for article in message.articles:
            rows += [_one(f"• {article.title}", ""), _one(article.url, "link")]
        return rows
    return [
        _one(f"[{_label(pen, message)}] {message.title}", "card"),
        *_rows(message.description, "notice"),
        _one(message.url, "link"),
        _one(message.source or message.publisher, "notice"),
    ]


def _label(pen: _Pen, message: AnyMessage) -> str:
    """Return the label between the brackets that the summary begins with."""
    text = pen.summary(message)
    return text[1:].partition("]")[0] if text.startswith("[") else text


def _app(pen: _Pen, message: AppMessage) -> list[Row]:
    parts = [_one(f"{name}: {text}", "") for name, text in message.parts]
    return [*_titled(pen, message), *parts]


def _titled(pen: _Pen, message: Coupon | Product | StickerSet | AppMessage | GroupInvitation) -> list[Row]:
    return [
        _one(f"[{_label(pen, message)}] {message.title}", "card"),
        *_rows(message.description if message.description != message.title else "", "notice"),
        _one(message.url, "link"),
    ]


def _program(pen: _Pen, message: MiniProgram) -> list[Row]:
    return [
        _one(f"[{_label(pen, message)}] {message.name}", "card"),
        _one(message.title, ""),
        Row(pen.say("on-phone"), "notice"),
    ]


def _music(pen: _Pen, message: Music) -> list[Row]:
    return [_one(pen.summary(message), "card"), _one(message.url, "link")]


def _channels(pen: _Pen, message: Channels) -> list[Row]:
    return [
        _one(f"[{_label(pen, message)}] {message.author}", "card"),
        *_rows(message.caption or message.title, ""),
        _one(message.url, "link"),
    ]


def _money(pen: _Pen, message: Transfer | RedPacket) -> list[Row]:
    return [_one(pen.summary(message), "card"), Row(pen.say("on-phone"), "notice")]


def _place(pen: _Pen, message: Location) -> list[Row]:
    rows = [Row(pen.summary(message), "card", pen.say("open-hint"))]
    if message.latitude is not None and message.longitude is not None:
        rows.append(
            Row(pen.say("coordinates", latitude=message.latitude, longitude=message.longitude), "notice")
        )
    return rows


def _person(pen: _Pen, message: Card) -> list[Row]:
    place = " ".join(part for part in (message.province, message.city) if part)
    return [
        Row(pen.summary(message), "card", pen.say("open-hint")),
        _one(" · ".join(p for p in (message.alias, place) if p), "notice"),
    ]


def _request(pen: _Pen, message: FriendRequest | SuggestedFriend) -> list[Row]:
    return [Row(pen.summary(message), "card", pen.say("request-hint"))]


def _record(pen: _Pen, message: Record | FavoriteRecord) -> list[Row]:
    rows = [_one(pen.summary(message), "card")]
    if not message.items:
        return rows + _rows(message.description, "notice")
    held = entries(message, str(pen.language))  # type: ignore[arg-type]  # the languages' values are the literal's
    shown = held[: _DEEP if pen.unfolded else _FOLDED]
    rows += [Row("  " * (depth + 1) + clean(text, newline=" "), "") for depth, text in shown]
    if (more := len(held) - len(shown)) > 0:
        rows.append(Row(pen.say("more-items", count=more), "link"))
    elif pen.unfolded and len(held) > _FOLDED:
        rows.append(Row(pen.say("fold"), "link"))
    return rows


def _todo(pen: _Pen, message: GroupTodo) -> list[Row]:
    return [_one(pen.summary(message), "card")]


def _strange(pen: _Pen, message: Unknown) -> list[Row]:
    number = str(message.msg_type) if message.app_type is None else f"{message.msg_type}/{message.app_type}"
    return [Row(pen.summary(message), "notice", pen.say("unknown", number=number))]


def _broken(pen: _Pen, message: Unparsed) -> list[Row]:
    return [_one(pen.say("unparsed", why=message.reason), "notice")]


def _withheld(pen: _Pen, message: Unsupported) -> list[Row]:
    return [_one(pen.summary(message), "card"), Row(pen.say("on-phone"), "notice")]


_DRAWN: Final[dict[type, Callable[[_Pen, Any], list[Row]]]] = {
    Picture: _hinted("picture-hint"),
    Video: _hinted("picture-hint"),
    Sticker: _hinted("open-hint"),
    Voice: _hinted("voice-hint"),
    File: _hinted("file-hint"),
    FilePlaceholder: lambda pen, message: [Row(pen.summary(message), "card")],
    Link: _link,
    Music: _music,
    GroupInvitation: _titled,
    Location: _place,
    LiveLocation: lambda pen, message: [
        Row(pen.summary(message), "card"),
        Row(pen.say("on-phone"), "notice"),
    ],
    Card: _person,
    FriendRequest: _request,
    SuggestedFriend: _request,
    MiniProgram: _program,
    Channels: _channels,
    Record: _record,
    FavoriteRecord: _record,
    Transfer: _money,
    RedPacket: _money,
    GroupTodo: _todo,
    Coupon: _titled,
    Product: _titled,
    StickerSet: _titled,
    AppMessage: _app,
    Unsupported: _withheld,
    Unknown: _strange,
    Unparsed: _broken,
}
