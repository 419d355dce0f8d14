"""Every kind of message as one closed union of plain values; their form on the wire is the transport's business.

Text is decoded: real newlines, emoji as characters, no entities. Sizes are bytes, pixel sizes are (width, height),
times are Unix seconds. Empty strings, 0 and None mean that the wire has no value. In JSON each value has its
``kind``; numbers of messages are strings. A message no version understands is ``Unknown``, one that is broken is
``Unparsed``; both keep the raw bytes.
"""

from __future__ import annotations

from hongyan.model.media_messages import (
    Call,
    CallOutcome,
    File,
    FilePlaceholder,
    LiveLocation,
    Location,
    Picture,
    Sticker,
    Text,
    Video,
    Voice,
)
from hongyan.model.message import Message, Quoted, TextLink
from hongyan.model.notices import (
    SELF,
    ContactAltered,
    FriendAccepted,
    FriendAdded,
    GroupJoined,
    GroupRenamed,
    GroupSetting,
    InvitationSent,
    JoinRequested,
    LiveLocationEnded,
    MemberLeft,
    MemberRemoved,
    NotAFriend,
    NoticeEvent,
    Nudged,
    OwnerChanged,
    RedPacketNotice,
    SafetyHint,
    SendBlocked,
    SendTooFast,
)
from hongyan.model.service_messages import (
    Announcement,
    GroupChange,
    GroupTodo,
    Legacy,
    Notice,
    Pat,
    PaymentNotice,
    Recall,
    StatusNotice,
    Unknown,
    Unparsed,
    Unsupported,
)
from hongyan.model.shared_messages import (
    AppMessage,
    Article,
    Card,
    Channels,
    Coupon,
    FavoriteRecord,
    FriendRequest,
    GroupInvitation,
    Link,
    MiniProgram,
    Music,
    Product,
    Quote,
    Record,
    RecordItem,
    RedPacket,
    Solitaire,
    StickerSet,
    SuggestedFriend,
    Transfer,
    TransferState,
)

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
    "ContactAltered",
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
    "GroupSetting",
    "GroupTodo",
    "InvitationSent",
    "JoinRequested",
    "Legacy",
    "Link",
    "LiveLocation",
    "LiveLocationEnded",
    "Location",
    "MemberLeft",
    "MemberRemoved",
    "Message",
    "MiniProgram",
    "Music",
    "NotAFriend",
    "Notice",
    "NoticeEvent",
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
    "TextLink",
    "Transfer",
    "TransferState",
    "Unknown",
    "Unparsed",
    "Unsupported",
    "Video",
    "Voice",
    "notice_of",
]

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


def notice_of(message: AnyMessage) -> NoticeEvent | None:
    """Return the event that the service reports by a message, None if it reports none."""
    return message.event if isinstance(message, Text | Notice | GroupChange) else None
