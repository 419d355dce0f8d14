"""Things that people share or introduce: people, links, programs, records, answers, money."""

from __future__ import annotations

from enum import StrEnum

from hongyan.model.contacts import Sex
from hongyan.model.ids import MsgId, TransientName
from hongyan.model.message import Message, Part, Quoted

__all__ = [
    "AppMessage",
    "Article",
    "Card",
    "Channels",
    "Coupon",
    "FavoriteRecord",
    "FriendRequest",
    "GroupInvitation",
    "Link",
    "MiniProgram",
    "Music",
    "Product",
    "Quote",
    "Record",
    "RecordItem",
    "RedPacket",
    "Solitaire",
    "StickerSet",
    "SuggestedFriend",
    "Transfer",
    "TransferState",
]


class Article(Part, frozen=True, kw_only=True):
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


class Card(Message, frozen=True, kw_only=True, tag="card"):
    """The card of a person or official account.

    ``username`` is in the card itself (permanent or encrypted id), ``card_name`` is this login's transient name.
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


class _Stranger(Message, frozen=True, kw_only=True):
    secret_fields = frozenset({"ticket"})
    for_bots = False  # a person who is in no chat yet

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


class FriendRequest(_Stranger, frozen=True, kw_only=True, tag="friend-request"):
    """A person asks to become a friend. ``requester`` (transient) and ``ticket`` (a secret) are needed to accept.

    ``username`` is the permanent id; ``scene`` the wire's number of the way they found this account; ``group_id`` the
    permanent id of a common group.
    """


class SuggestedFriend(_Stranger, frozen=True, kw_only=True, tag="suggested-friend"):
    """The service suggests a friend; the fields are those of a friend request."""


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


class RecordItem(Part, frozen=True, kw_only=True):
    """One entry of a merged record, as forwarded.

    ``data_type`` is the wire's number (1 text, 2 picture, 8 file …), ``shown_as`` names the kind like ``Message.kind``.
    ``title`` and ``text`` depend on its kind: a link's title and description, a place and its address, a piece of
    music and its artist. ``source`` is the program or account it came from. ``items`` are the entries of a record inside
    the record. ``parts`` are the texts of an undescribed kind, with the names of their elements.
    """

    sender: str = ""
    text: str = ""
    data_type: int = 0
    shown_as: str = ""
    title: str = ""
    url: str = ""
    source: str = ""
    size: int = 0
    duration_s: int = 0
    sent_at: str = ""
    id: MsgId = MsgId("")
    quoted: Quoted | None = None
    items: tuple[RecordItem, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()


class Record(Message, frozen=True, kw_only=True, tag="record"):
    """A merged piece of chat history; ``description`` holds its first lines."""

    title: str = ""
    description: str = ""
    url: str = ""
    items: tuple[RecordItem, ...] = ()


class FavoriteRecord(Message, frozen=True, kw_only=True, tag="favorite-record"):
    """A record or note from a person's favorites."""

    title: str = ""
    description: str = ""
    url: str = ""
    items: tuple[RecordItem, ...] = ()


class Solitaire(Message, frozen=True, kw_only=True, tag="solitaire"):
    """A list to which group members add their lines."""

    text: str = ""


class Quote(Message, frozen=True, kw_only=True, tag="quote"):
    """A text that answers another message."""

    text: str = ""
    quoted: Quoted = Quoted()


class TransferState(StrEnum):
    """The state of a money transfer."""

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
    """Something an app shared in a form that has no kind here; ``app_type`` is the wire's number.

    ``parts`` are all its other texts, each with the name of the element that holds it.
    """

    app_type: int | None = None
    title: str = ""
    description: str = ""
    url: str = ""
    source: str = ""
    parts: tuple[tuple[str, str], ...] = ()
