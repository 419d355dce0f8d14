"""Every kind of message as one closed union of plain values; how they look on a wire is the transport's business.

Text is decoded: real newlines, emoji as characters, no entities. Sizes are bytes, pixel sizes are (width, height),
times are Unix seconds. Empty strings, 0 and None mean that the wire said nothing. In JSON each value carries its
``kind``; numbers of messages are strings. A message no version understands is ``Unknown``, one that is broken is
``Unparsed``; both keep the raw bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from msgspec import Struct

from hongyan.model.contacts import Sex
from hongyan.model.happenings import (
    SELF,
    FriendAccepted,
    FriendAdded,
    GroupJoined,
    GroupRenamed,
    Happening,
    LiveLocationEnded,
    MemberRemoved,
    NotAFriend,
    Nudged,
    OwnerChanged,
    RedPacketNotice,
    SafetyHint,
    SendBlocked,
    SendTooFast,
)
from hongyan.model.ids import MsgId, TransientName

__all__ = [
    "MESSAGE_KINDS",
    "SELF",
    "Announcement",
    "AnyMessage",
    "AppMessage",
    "Article",
    "Call",
    "CallOutcome",
    "Card",
    "Channels",
    "Coupon",
    "FavoriteRecord",
    "File",
    "FilePlaceholder",
    "FriendAccepted",
    "FriendAdded",
    "FriendRequest",
    "GroupChange",
    "GroupInvitation",
    "GroupJoined",
    "GroupRenamed",
    "GroupTodo",
    "Happening",
    "Legacy",
    "Link",
    "LiveLocation",
    "LiveLocationEnded",
    "Location",
    "MemberRemoved",
    "Message",
    "MiniProgram",
    "Music",
    "NotAFriend",
    "Notice",
    "Nudged",
    "OwnerChanged",
    "Pat",
    "PaymentNotice",
    "Picture",
    "Product",
    "Quote",
    "Quoted",
    "Recall",
    "Record",
    "RecordItem",
    "RedPacket",
    "RedPacketNotice",
    "SafetyHint",
    "SendBlocked",
    "SendTooFast",
    "Solitaire",
    "StatusNotice",
    "Sticker",
    "StickerSet",
    "SuggestedFriend",
    "Text",
    "Transfer",
    "TransferState",
    "Unknown",
    "Unparsed",
    "Unsupported",
    "Video",
    "Voice",
]


class _Part(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A part of a message that is no message itself."""


class Message(Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True, gc=False):
    """What every message has.

    ``chat`` is the conversation (the group, or the other person). ``sender`` is who wrote it; empty where the service
    itself speaks, or where a group message does not say. ``outgoing``: this account wrote it, on whatever device.
    """

    secret_fields: ClassVar[frozenset[str]] = frozenset()

    id: MsgId = MsgId("")
    chat: TransientName = TransientName("")
    sender: TransientName = TransientName("")
    outgoing: bool = False
    created_at: int = 0

    @property
    def in_group(self) -> bool:
        """Whether the conversation is a group."""
        return self.chat.startswith("@@") or self.chat.endswith("@chatroom")

    @property
    def kind(self) -> str:
        """The tag of the kind, as in JSON: ``text``, ``picture`` …."""
        return str(self.__struct_config__.tag)

    def __repr__(self) -> str:
        """Name the fields that say something; secrets appear as ``'…'``."""
        told = ((f, getattr(self, f)) for f in self.__struct_fields__)
        shown = (f"{f}={'…' if f in self.secret_fields else v!r}" for f, v in told if v)
        return f"{type(self).__name__}({', '.join(shown)})"


class Quoted(_Part, frozen=True, kw_only=True):
    """The message that another one answers, as far as the answer tells.

    ``msg_type`` and ``app_type`` are the wire's numbers; ``shown_as`` names the kind like ``Message.kind``.
    ``sender_id`` and ``chat_id`` are permanent ids, not transient names.
    """

    id: MsgId = MsgId("")
    msg_type: int = 0
    app_type: int | None = None
    shown_as: str = ""
    sender_name: str = ""
    sender_id: str = ""
    chat_id: str = ""
    title: str = ""
    text: str = ""
    created_at: int = 0


class Text(Message, frozen=True, kw_only=True, tag="text"):
    """Something somebody wrote. ``event`` is set for a standard sentence that travels as an ordinary text."""

    text: str = ""
    event: Happening | None = None


class Picture(Message, frozen=True, kw_only=True, tag="picture"):
    """A picture; it is fetched by the message's id. ``hd_size`` is the size of the original, if sent."""

    size: int = 0
    hd_size: int = 0
    md5: str = ""
    thumb_size: tuple[int, int] | None = None
    handle: str = ""


class Voice(Message, frozen=True, kw_only=True, tag="voice"):
    """A voice message; fetched by the message's id."""

    duration_ms: int = 0
    size: int = 0
    quoted: Quoted | None = None


class Video(Message, frozen=True, kw_only=True, tag="video"):
    """A video, fetched by the message's id; ``short`` for the old "sight" kind."""

    duration_s: int = 0
    size: int = 0
    md5: str = ""
    thumb_size: tuple[int, int] | None = None
    short: bool = False
    handle: str = ""


class Sticker(Message, frozen=True, kw_only=True, tag="sticker"):
    """An animated sticker. A store sticker has a ``product_id`` and cannot be fetched from the server."""

    md5: str = ""
    size: int = 0
    image_size: tuple[int, int] | None = None
    url: str = ""
    product_id: str = ""
    caption: str = ""
    in_store: bool = False
    handle: str = ""


class File(Message, frozen=True, kw_only=True, tag="file"):
    """A file. ``media_id`` and ``encrypted_name`` (already percent-encoded) are what its download takes."""

    name: str = ""
    size: int = 0
    ext: str = ""
    md5: str = ""
    media_id: str = ""
    encrypted_name: str = ""


class FilePlaceholder(Message, frozen=True, kw_only=True, tag="file-placeholder"):
    """A file that its sender is still uploading; the file itself follows as another message."""

    name: str = ""
    size: int = 0
    ext: str = ""
    md5: str = ""


class Article(_Part, frozen=True, kw_only=True):
    """One article of an official account's push."""

    title: str = ""
    url: str = ""
    digest: str = ""
    cover: str = ""
    published_at: int = 0


class Link(Message, frozen=True, kw_only=True, tag="link"):
    """A link card. ``publisher`` is an official account that pushed ``articles``; ``source`` the app it came from."""

    title: str = ""
    description: str = ""
    url: str = ""
    articles: tuple[Article, ...] = ()
    publisher: str = ""
    source: str = ""
    thumb_url: str = ""


class Music(Message, frozen=True, kw_only=True, tag="music"):
    """A piece of music; ``stream_url`` plays it, ``url`` is its page."""

    title: str = ""
    artist: str = ""
    url: str = ""
    stream_url: str = ""
    source: str = ""


class GroupInvitation(Message, frozen=True, kw_only=True, tag="group-invitation"):
    """A link by which this account may join a group; it works on the phone."""

    title: str = ""
    description: str = ""
    url: str = ""
    inviter: str = ""
    group_name: str = ""


class Location(Message, frozen=True, kw_only=True, tag="location"):
    """A place on the map; coordinates in degrees (as the service gives them). ``picture_path``: map picture."""

    label: str = ""
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    scale: int = 0
    picture_path: str = ""
    url: str = ""


class LiveLocation(Message, frozen=True, kw_only=True, tag="live-location"):
    """Somebody began to share where they are."""

    title: str = ""


class Card(Message, frozen=True, kw_only=True, tag="card"):
    """The card of a person or official account.

    ``username`` stands in the card itself (permanent or encrypted id), ``card_name`` is this login's transient name.
    """

    secret_fields = frozenset({"ticket"})

    nickname: str = ""
    username: str = ""
    alias: str = ""
    card_name: TransientName = TransientName("")
    sex: Sex = Sex.UNKNOWN
    province: str = ""
    city: str = ""
    signature: str = ""
    scene: int = 0
    official: bool = False
    ticket: str = ""


class FriendRequest(Message, frozen=True, kw_only=True, tag="friend-request"):
    """Somebody asks to become a friend. ``requester`` (transient) and ``ticket`` (a secret) are what accepting takes.

    ``username`` is the permanent id; ``scene`` the wire's number of the way they found this account; ``group_id`` the
    permanent id of a common group.
    """

    secret_fields = frozenset({"ticket"})

    nickname: str = ""
    greeting: str = ""
    requester: TransientName = TransientName("")
    ticket: str = ""
    username: str = ""
    encrypted_username: str = ""
    alias: str = ""
    sex: Sex = Sex.UNKNOWN
    country: str = ""
    province: str = ""
    city: str = ""
    signature: str = ""
    scene: int = 0
    opcode: int = 0
    group_id: str = ""


class SuggestedFriend(Message, frozen=True, kw_only=True, tag="suggested-friend"):
    """The service suggests somebody as a friend; the fields are those of a friend request."""

    secret_fields = frozenset({"ticket"})

    nickname: str = ""
    greeting: str = ""
    requester: TransientName = TransientName("")
    ticket: str = ""
    username: str = ""
    encrypted_username: str = ""
    alias: str = ""
    sex: Sex = Sex.UNKNOWN
    country: str = ""
    province: str = ""
    city: str = ""
    signature: str = ""
    scene: int = 0
    opcode: int = 0
    group_id: str = ""


class CallOutcome(StrEnum):
    """What became of a call, as far as the notice tells."""

    UNKNOWN = "unknown"
    RINGING = "ringing"
    ANSWERED = "answered"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    MISSED = "missed"


class Call(Message, frozen=True, kw_only=True, tag="call"):
    """A voice or video call, which only the phone can take. ``video`` is None where the notice does not say."""

    video: bool | None = None
    outcome: CallOutcome = CallOutcome.UNKNOWN
    duration_s: int | None = None
    text: str = ""
    status: int | None = None


class MiniProgram(Message, frozen=True, kw_only=True, tag="mini-program"):
    """A mini program's card; ``name`` is the program, ``title`` what is shared."""

    title: str = ""
    description: str = ""
    url: str = ""
    name: str = ""
    app_id: str = ""
    username: str = ""
    path: str = ""


class Channels(Message, frozen=True, kw_only=True, tag="channels"):
    """A video, picture or live show of a Channels account; ``live`` for the live show."""

    author: str = ""
    caption: str = ""
    title: str = ""
    url: str = ""
    object_id: str = ""
    username: str = ""
    live: bool = False


class RecordItem(_Part, frozen=True, kw_only=True):
    """One entry of a merged record. ``data_type`` is the wire's number (1 text, 2 picture, 8 file …)."""

    sender: str = ""
    text: str = ""
    data_type: int = 0
    title: str = ""
    size: int = 0
    sent_at: str = ""
    id: MsgId = MsgId("")
    quoted: Quoted | None = None


class Record(Message, frozen=True, kw_only=True, tag="record"):
    """A merged piece of chat history; ``description`` holds its first lines."""

    title: str = ""
    description: str = ""
    items: tuple[RecordItem, ...] = ()


class FavoriteRecord(Message, frozen=True, kw_only=True, tag="favorite-record"):
    """A record or note from somebody's favourites."""

    title: str = ""
    description: str = ""
    items: tuple[RecordItem, ...] = ()


class Solitaire(Message, frozen=True, kw_only=True, tag="solitaire"):
    """A list to which group members add their lines."""

    text: str = ""


class Quote(Message, frozen=True, kw_only=True, tag="quote"):
    """A text that answers another message."""

    text: str = ""
    quoted: Quoted = Quoted()


class TransferState(StrEnum):
    """Where a money transfer stands."""

    UNKNOWN = "unknown"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    EXPIRED = "expired"


class Transfer(Message, frozen=True, kw_only=True, tag="transfer"):
    """A money transfer, which only the phone can accept. ``amount`` as written: "￥0.10"."""

    title: str = ""
    description: str = ""
    amount: str = ""
    state: TransferState = TransferState.UNKNOWN
    transfer_id: str = ""
    transaction_id: str = ""
    memo: str = ""
    payer: str = ""
    receiver: str = ""
    begun_at: int = 0
    expires_at: int = 0


class RedPacket(Message, frozen=True, kw_only=True, tag="red-packet"):
    """A red packet; the web shows neither amount nor content."""

    title: str = ""
    description: str = ""
    wish: str = ""
    url: str = ""


class PaymentNotice(Message, frozen=True, kw_only=True, tag="payment-notice"):
    """The service reports a payment."""

    command: str = ""
    text: str = ""
    pay_type: int = 0
    transfer_id: str = ""


class Announcement(Message, frozen=True, kw_only=True, tag="announcement"):
    """A group's announcement."""

    text: str = ""
    command: str = ""
    announcement_id: str = ""
    edited_at: int = 0


class GroupTodo(Message, frozen=True, kw_only=True, tag="group-todo"):
    """A group's to-do was set or done. ``operator`` and ``related`` are a permanent id and a message's number."""

    title: str = ""
    text: str = ""
    command: str = ""
    operator: str = ""
    related: MsgId = MsgId("")


class Coupon(Message, frozen=True, kw_only=True, tag="coupon"):
    """A card or coupon."""

    title: str = ""
    description: str = ""
    url: str = ""


class Product(Message, frozen=True, kw_only=True, tag="product"):
    """Goods, shown or scanned."""

    title: str = ""
    description: str = ""
    url: str = ""


class StickerSet(Message, frozen=True, kw_only=True, tag="sticker-set"):
    """A set of stickers from the store."""

    title: str = ""
    description: str = ""
    url: str = ""


class AppMessage(Message, frozen=True, kw_only=True, tag="app"):
    """Something an app shared in a form without a kind of its own; ``app_type`` is the wire's number."""

    app_type: int | None = None
    title: str = ""
    description: str = ""
    url: str = ""
    source: str = ""


class Unsupported(Message, frozen=True, kw_only=True, tag="unsupported"):
    """A message whose content the service withholds from the web; ``text`` is the sentence it sends instead."""

    text: str = ""


class Recall(Message, frozen=True, kw_only=True, tag="recall"):
    """A message was taken back. ``recalled`` is its number, ``local_id`` the phone's own short one.

    ``by`` is the name in the notice, or ``SELF``; ``session_id`` the conversation's permanent id.
    """

    recalled: MsgId = MsgId("")
    by: str = ""
    notice: str = ""
    local_id: str = ""
    session_id: str = ""


class Notice(Message, frozen=True, kw_only=True, tag="notice"):
    """A sentence of the service. ``text`` as sent (links included), ``plain`` without markup, ``event`` its meaning."""

    text: str = ""
    plain: str = ""
    event: Happening | None = None


class GroupChange(Message, frozen=True, kw_only=True, tag="group-change"):
    """A change of a group told with the ids of the people. ``text`` is the sentence with names filled in.

    ``command`` is the wire's name of it; ``scene`` is its ``invite``, ``qrcode`` …; ``member_ids`` are permanent ids.
    """

    command: str = ""
    scene: str = ""
    template: str = ""
    text: str = ""
    member_ids: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    event: Happening | None = None


class Pat(Message, frozen=True, kw_only=True, tag="pat"):
    """Somebody nudged somebody; ids are permanent ones. ``template`` holds them as ``${id}``, ``text`` bare."""

    from_id: str = ""
    target_id: str = ""
    chat_id: str = ""
    template: str = ""
    suffix: str = ""
    text: str = ""

    def named(self, names: Mapping[str, str]) -> str:
        """Return the sentence with the people's names, as far as ``names`` (by permanent id) has them."""
        return re.sub(r"\$\{([^{}]*)\}", lambda found: names.get(found[1], found[1]), self.template)


class StatusNotice(Message, frozen=True, kw_only=True, tag="status"):
    """What the phone does: a chat read (code 1), entered (2), left (5), the list of chats (4).

    ``pairs`` joins permanent ids with transient names, empty where the two lists do not match. ``ids`` and ``names``
    are those lists as sent.
    """

    code: int = 0
    op_id: str = ""
    ids: tuple[str, ...] = ()
    names: tuple[TransientName, ...] = ()
    pairs: tuple[tuple[str, TransientName], ...] = ()


class Legacy(Message, frozen=True, kw_only=True, tag="legacy"):
    """A kind that servers no longer send (mail, QQ, private messages …); ``text`` is what could be read."""

    msg_type: int = 0
    text: str = ""


class Unknown(Message, frozen=True, kw_only=True, tag="unknown"):
    """A message of a kind that this version does not know."""

    msg_type: int = 0
    app_type: int | None = None
    content: str = ""
    raw: bytes = b""


class Unparsed(Message, frozen=True, kw_only=True, tag="unparsed"):
    """Something that should be a message and cannot be read; ``reason`` is for a person."""

    reason: str = ""
    raw: bytes = b""


AnyMessage = (
    Text
    | Picture
    | Voice
    | Video
    | Sticker
    | File
    | FilePlaceholder
    | Link
    | Music
    | GroupInvitation
    | Location
    | LiveLocation
    | Card
    | FriendRequest
    | SuggestedFriend
    | Call
    | MiniProgram
    | Channels
    | Record
    | FavoriteRecord
    | Solitaire
    | Quote
    | Transfer
    | RedPacket
    | PaymentNotice
    | Announcement
    | GroupTodo
    | Coupon
    | Product
    | StickerSet
    | AppMessage
    | Unsupported
    | Recall
    | Notice
    | GroupChange
    | Pat
    | StatusNotice
    | Legacy
    | Unknown
    | Unparsed
)

MESSAGE_KINDS: dict[str, type[Message]] = {
    str(kind.__struct_config__.tag): kind for kind in AnyMessage.__args__
}
"""Every kind by its tag, in the order of the union."""
