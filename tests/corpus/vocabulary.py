"""Our kinds of messages in the words of the captured samples; it reads no sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hongyan.model import messages as m
from hongyan.model.contacts import Sex
from hongyan.webwx.markup import repaired

if TYPE_CHECKING:
    from collections.abc import Callable


Observed = dict[str, Any]

SEXES = {Sex.UNKNOWN: 0, Sex.MALE: 1, Sex.FEMALE: 2}
TRANSFER_STATES = {
    m.TransferState.OFFERED: "sent, waiting to be accepted",
    m.TransferState.ACCEPTED: "accepted",
    m.TransferState.RETURNED: "returned",
    m.TransferState.EXPIRED: "expired",
}
QUOTED_KINDS = {
    "app": "app message",
    "link": "link card",
    "card": "contact card",
    "mini-program": "mini program",
    "live-location": "live location sharing started",
    "record": "merged chat record",
    "favorite-record": "favourited chat record",
    "quote": "quote reply",
    "transfer": "money transfer",
    "red-packet": "red packet",
    "channels": "channels (finder) video",
    "file-placeholder": "file placeholder (upload in progress)",
    "call": "voice call",
    "notice": "system notice",
}


def person(name: str) -> str:
    return "self" if name == m.SELF else name


def persons(names: tuple[str, ...]) -> list[str]:
    return [person(n) for n in names]


NAMES: dict[str, str] = {}
"""Names by permanent id, as learned from earlier samples of the stream."""

# --- happenings


def joined(event: m.GroupJoined) -> Observed:
    told: Observed = {
        "event": "group join by QR code" if event.by_qr and event.inviter else "group join",
        "joined": persons(event.joined),
    }
    if event.inviter:
        told["inviter"] = person(event.inviter)
    if event.already_there:
        told["already_there"] = persons(event.already_there)
    return told


HAPPENINGS: dict[type, Callable[[Any], Observed]] = {
    m.GroupJoined: joined,
    m.GroupRenamed: lambda e: {"event": "group renamed", "by": person(e.by), "new_name": e.new_name},
    m.MemberRemoved: lambda e: {
        "event": "group removal",
        "remover": person(e.remover),
        "removed": persons(e.removed),
    },
    m.OwnerChanged: lambda e: {"event": "group owner changed", "new_owner": person(e.new_owner)},
    m.FriendAdded: lambda e: {"event": "friend added", "nickname": e.nickname},
    m.FriendAccepted: lambda _: {
        "event": "friend request accepted (standard sentence sent as ordinary text)"
    },
    m.NotAFriend: lambda e: {
        "event": "not a friend any more: verification needed",
        "nickname": e.nickname,
    },
    m.RedPacketNotice: lambda e: (
        {"event": "red packet received (content not available on the web)"} if e.way == "received" else {}
    ),
}
GROUP_EVENTS = (m.GroupJoined, m.GroupRenamed, m.MemberRemoved, m.OwnerChanged)


def notice_event(event: m.NoticeEvent | None) -> Observed:
    return HAPPENINGS.get(type(event), lambda _: {})(event)


# --- messages


def size(pair: tuple[int, int] | None) -> list[int] | None:
    return list(pair) if pair else None


def quoted(q: m.Quoted) -> Observed:
    told: Observed = {
        "type": q.msg_type,
        "id": q.id,
        "from_name": q.sender_name,
        "from": q.sender_id,
        "kind": QUOTED_KINDS.get(q.shown_as, q.shown_as),
        "text": q.text,
        "description": q.description,
        "url": q.url,
        "create_time": q.created_at,
    }
    if q.title:
        told["title"] = q.title
    if q.app_type is not None:
        told["app_type"] = q.app_type
    return told


def picture(x: m.Picture) -> Observed:
    return {
        "kind": "picture",
        "size_bytes": x.size,
        "hd_size_bytes": x.hd_size,
        "md5": x.md5,
        "thumb_size": size(x.thumb_size),
        "media_handle": x.handle,
    }


def voice(x: m.Voice) -> Observed:
    told: Observed = {"kind": "voice", "duration_ms": x.duration_ms, "size_bytes": x.size}
    return told | ({"quoted": quoted(x.quoted)} if x.quoted else {})


def video(x: m.Video) -> Observed:
    return {
        "kind": "video",
        "duration_s": x.duration_s,
        "size_bytes": x.size,
        "md5": x.md5,
        "thumb_size": size(x.thumb_size),
    }


def sticker(x: m.Sticker) -> Observed:
    return {
        "kind": "sticker (custom emoticon)",
        "md5": x.md5,
        "size_bytes": x.size,
        "url": x.url,
        "thumb_size": size(x.image_size),
    }


def file(x: m.File) -> Observed:
    return {
        "kind": "file",
        "file_name": x.name,
        "size_bytes": x.size,
        "ext": x.ext,
        "md5": x.md5,
        "app_type": 6,
    }


def placeholder(x: m.FilePlaceholder) -> Observed:
    return {
        "kind": "file placeholder (upload in progress)",
        "app_type": 74,
        "file_name": x.name,
        "title": x.name,
        "size_bytes": x.size,
        "ext": x.ext,
        "md5": x.md5,
    }


def link(x: m.Link) -> Observed:
    return {
        "kind": "link card",
        "app_type": 5,
        "title": x.title,
        "description": x.description,
        "url": x.url,
        "articles": [
            {"title": a.title, "url": a.url, "digest": a.digest, "cover": a.cover} for a in x.articles
        ],
        "publisher": x.publisher,
        "source_name": x.source,
    }


def titled(kind: str, app_type: int | None) -> Callable[[Any], Observed]:
    def told(x: Any) -> Observed:
        return {
            "kind": kind,
            "app_type": app_type if app_type is not None else getattr(x, "app_type", None),
            "title": getattr(x, "title", ""),
            "description": getattr(x, "description", ""),
            "url": getattr(x, "url", ""),
        }

    return told


def location(x: m.Location) -> Observed:
    return {
        "kind": "location",
        "label": x.label,
        "poi_name": x.place,
        "place": x.place,
        "latitude": x.latitude,
        "longitude": x.longitude,
        "scale": x.scale,
        "text_line": x.label,
        "image_path": x.picture_path,
        "url": x.url,
    }


def card(x: m.Card) -> Observed:
    return {
        "kind": "contact card",
        "card_nickname": x.nickname,
        "card_username": x.username or x.card_name,
        "card_alias": x.alias,
        "province": x.province,
        "city": x.city,
        "sex": SEXES[x.sex],
        "official_account": x.official,
        "scene": x.scene,
    }


def friend_request(x: m.FriendRequest | m.SuggestedFriend) -> Observed:
    return {
        "kind": "friend request",
        "requester_nickname": x.nickname,
        "requester_username": x.username or x.requester,
        "greeting": x.greeting,
        "ticket": x.ticket,
        "encrypt_username": x.encrypted_username,
        "scene": x.scene,
        "sex": SEXES[x.sex],
        "alias": x.alias,
        "province": x.province,
        "city": x.city,
        "signature": x.signature,
        "via_group": x.group_id,
    }


def call(x: m.Call) -> Observed:
    told: Observed = {"kind": "voice call", "outcome": str(x.outcome), "duration_s": x.duration_s}
    return told | ({} if x.video is None else {"invite_type": "video" if x.video else "voice"})


def mini_program(x: m.MiniProgram) -> Observed:
    program = {"name": x.name, "appid": x.app_id, "username": x.username, "path": x.path}
    return titled("mini program", 33)(x) | {"mini_program": program}


def channels(x: m.Channels) -> Observed:
    return {
        "kind": "channels (finder) video",
        "app_type": 63 if x.live else 51,
        "author": x.author,
        "caption": x.caption,
        "title": x.title,
    }


def entry(item: m.RecordItem) -> Observed:
    told: Observed = {
        "from": item.sender,
        "text": item.text or item.title,
        "title": item.title,
        "type": item.data_type,
        "time": item.sent_at,
        "size_bytes": item.size,
        "id": item.id,
    }
    if item.quoted:
        told["quoted"] = quoted(item.quoted)
    return told


def record(kind: str, app_type: int) -> Callable[[Any], Observed]:
    def told(x: m.Record | m.FavoriteRecord) -> Observed:
        return titled(kind, app_type)(x) | {"records": [entry(i) for i in x.items]}

    return told


def quote(x: m.Quote) -> Observed:
    return {"kind": "quote reply", "app_type": 57, "reply_text": x.text, "quoted": quoted(x.quoted)}


def transfer(x: m.Transfer) -> Observed:
    return titled("money transfer", 2000)(x) | {
        "amount": x.amount,
        "transfer_state": TRANSFER_STATES.get(x.state, "unknown"),
        "transfer_id": x.transfer_id,
        "memo": x.memo,
    }


def red_packet(x: m.RedPacket) -> Observed:
    return titled("red packet", 2001)(x) | {"wish": x.wish}


def recall(x: m.Recall) -> Observed:
    return {
        "kind": "message recalled",
        "command": "revokemsg",
        "recalled_message_id": x.recalled,
        "recalled_by": person(x.by),
        "notice": x.notice,
        "old_local_id": x.local_id,
        "session": x.session_id,
    }


def notice(x: m.Notice) -> Observed:
    return {"kind": "system notice", "text": x.text, "plain_text": x.plain} | notice_event(x.event)


OWN_CHANGES = {"invite": "group: own invitation", "qrcode": "group: joined by QR code shared by self"}


def group_change(x: m.GroupChange) -> Observed:
    told = notice_event(x.event)
    return told | {
        "kind": OWN_CHANGES.get(x.scene, "group change (template)"),
        "command": x.command,
        "text": x.text,
        "template": x.template,
        "scene": x.scene,
        "member_ids": list(x.member_ids),
    }


def pat(x: m.Pat) -> Observed:
    return {
        "kind": "pat (nudge)",
        "command": "pat",
        "from_user": x.from_id,
        "target": x.target_id,
        "template": x.template,
        "text": x.named(NAMES),
    }


def status(x: m.StatusNotice) -> Observed:
    return {
        "kind": "status notice (not a chat message)",
        "op_id": x.op_id,
        "usernames": list(x.ids),
        "accounts": len(x.ids),
        "pairs": len(x.pairs),
        "status_notify_code": x.code,
    }


KINDS: dict[type, Callable[[Any], Observed]] = {
    m.Text: lambda x: {"kind": "text", "text": x.text} | notice_event(x.event),
    m.Picture: picture,
    m.Voice: voice,
    m.Video: video,
    m.Sticker: sticker,
    m.File: file,
    m.FilePlaceholder: placeholder,
    m.Link: link,
    m.Music: titled("app message (unlisted type)", 3),
    m.GroupInvitation: titled("group invitation link", 5),
    m.Location: location,
    m.LiveLocation: titled("live location sharing started", 17),
    m.Card: card,
    m.FriendRequest: friend_request,
    m.SuggestedFriend: friend_request,
    m.Call: call,
    m.MiniProgram: mini_program,
    m.Channels: channels,
    m.Record: record("merged chat record", 19),
    m.FavoriteRecord: record("favourited chat record", 40),
    m.Solitaire: lambda x: {"kind": "app message (unlisted type)", "app_type": 53, "title": x.text},
    m.Quote: quote,
    m.Transfer: transfer,
    m.RedPacket: red_packet,
    m.PaymentNotice: lambda x: {"kind": "payment notice", "command": x.command, "text": x.text},
    m.Announcement: lambda x: {"kind": "group announcement", "command": x.command, "text": x.text},
    m.GroupTodo: lambda x: {
        "kind": "group to-do",
        "command": x.command,
        "todo_title": x.title,
        "text": x.text,
        "title": x.title,
    },
    m.Coupon: titled("app message (unlisted type)", 16),
    m.Product: titled("app message (unlisted type)", 13),
    m.StickerSet: titled("app message (unlisted type)", 15),
    m.AppMessage: titled("app message (unlisted type)", None),
    m.Unsupported: lambda x: {"kind": "app message the web cannot show", "text": x.text, "title": x.text},
    m.Recall: recall,
    m.Notice: notice,
    m.GroupChange: group_change,
    m.Pat: pat,
    m.StatusNotice: status,
    m.Legacy: lambda x: {"kind": "system notice", "text": x.text},
}


def surroundings(x: m.AnyMessage) -> Observed:
    told: Observed = {"group": in_group(x), "from_self": x.outgoing}
    if x.in_group and not x.outgoing and x.sender:
        told["sender_prefix"] = x.sender
    return told


def in_group(x: m.AnyMessage) -> bool:
    if x.in_group:
        return True
    if isinstance(x, m.Recall):
        return x.session_id.endswith("@chatroom")
    if isinstance(x, m.StatusNotice):
        return x.of_group
    return isinstance(x, m.Notice | m.GroupChange) and isinstance(x.event, GROUP_EVENTS)


def of_message(x: m.AnyMessage, msg_type: int = 0) -> Observed:
    told = KINDS.get(type(x), lambda _: {})(x) | surroundings(x)
    if isinstance(x, m.Notice) and msg_type == 10002:
        told["kind"] = "text"  # a sentence that travelled as a command
    if isinstance(x, m.Text):
        told["private_use_characters"] = [f"U+{ord(c):04X}" for c in x.text if "\ue000" <= c <= "\uf8ff"]
        told["text_if_repaired"] = repaired(x.text)
    return told
