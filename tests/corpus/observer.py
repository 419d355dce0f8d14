"""Answers samples of captured payloads with what our decoder makes of them, in the samples' own words.

Standard input gives one sample a line, standard output gets one object a line. The mapping is from kinds of the model to
the vocabulary of the corpus; nothing here knows a sample. Payloads of other transports than the web are first given the
shape of a web message, since the parser reads only that.
"""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from hongyan.errors import HongyanError
from hongyan.model import messages as m
from hongyan.model.contacts import ContactChange, ContactKind, Sex
from hongyan.model.events import ContactChanged, ContactGone, MessageReceived
from hongyan.webwx import parse
from hongyan.webwx.contacts import OFFICIAL
from hongyan.webwx.markup import decode_xml, repaired
from hongyan.webwx.parse.envelope import split_prefix
from hongyan.webwx.xml import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.webwx.wire import SyncKey

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


def happening(event: m.Happening | None) -> Observed:
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
    return {"kind": "system notice", "text": x.text, "plain_text": x.plain} | happening(x.event)


OWN_CHANGES = {"invite": "group: own invitation", "qrcode": "group: joined by QR code shared by self"}


def group_change(x: m.GroupChange) -> Observed:
    told = happening(x.event)
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
    m.Text: lambda x: {"kind": "text", "text": x.text} | happening(x.event),
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
    return isinstance(x, m.Notice | m.GroupChange) and isinstance(x.event, GROUP_EVENTS)


def of_message(x: m.AnyMessage, msg_type: int = 0) -> Observed:
    told = KINDS.get(type(x), lambda _: {})(x) | surroundings(x)
    if isinstance(x, m.Notice) and msg_type == 10002:
        told["kind"] = "text"  # a sentence that travelled as a command
    if isinstance(x, m.Text):
        told["private_use_characters"] = [f"U+{ord(c):04X}" for c in x.text if "\ue000" <= c <= "\uf8ff"]
        told["text_if_repaired"] = repaired(x.text)
    return told


# --- samples


def payload(sample: Observed) -> bytes:
    raw = sample["raw"]
    return (raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)).encode(
        "utf-8", "surrogatepass"
    )


def observe_message(sample: Observed) -> Observed:
    content = json.loads(payload(sample)).get("Content", "")
    told = of_message(parse.parse_message(payload(sample)), sample.get("msg_type") or 0)
    return told | {"well_formed": well_formed(content)}


def observe_content(sample: Observed) -> Observed:
    """Give bare content the shape of a web message, with what the envelope tells of it."""
    content, envelope = sample["raw"], sample.get("envelope") or {}
    source = envelope.get("from") or unknown_source(content)
    target = envelope.get("to") or ""
    if target.endswith("@chatroom"):
        # A pad gateway names the conversation in `from`, a hook of the PC client the writer.
        source, target = (target, "") if sample["wire"] == "pc" else (source, "@me")
    wire = {
        "MsgId": str(envelope.get("message_id", "")),
        "FromUserName": source,
        "ToUserName": target,
        "MsgType": sample["msg_type"],
        "Content": content,
        "CreateTime": envelope.get("create_time") or 0,
    }
    learn(envelope)
    return of_message(parse.parse_message(wire), sample["msg_type"]) | {"well_formed": well_formed(content)}


def well_formed(content: str) -> bool:
    document = read(decode_xml(split_prefix(content)[1]))
    return document is not None and document.well_formed


def unknown_source(content: str) -> str:
    """Tell a group by the prefix before its XML where nothing else tells it."""
    prefix, rest = split_prefix(content)
    of_group = prefix and (prefix.startswith("@") or rest.lstrip().startswith(("<", "&lt;")))
    return "@@somewhere" if of_group else "@somebody"


def learn(envelope: Observed) -> None:
    """Note who is called how: a push text begins with the name of its writer, as a client's contact list would say."""
    found = re.match(r"(.+?) : ", envelope.get("push_content") or "")
    if found and not envelope["from"].endswith("@chatroom"):
        NAMES[envelope["from"]] = found[1]


def key(value: SyncKey | None) -> str:
    return value.joined if value else ""


def counts(contacts: tuple[ContactChange, ...]) -> Observed:
    kinds = [c.kind for c in contacts]
    return {
        "names": [c.nickname or "" for c in contacts],
        "names_if_repaired": [repaired(c.nickname or "") for c in contacts],
        "groups": kinds.count(ContactKind.GROUP),
        # The service's own accounts have the mark too, though the model gives them a kind of their own.
        "official_accounts": sum(bool((c.verify_flag or 0) & OFFICIAL) for c in contacts),
    }


def group_facts(c: ContactChange) -> Observed:
    return {
        "members": [x.nickname for x in c.members] if c.members else [],
        "group_name": c.nickname,
        "is_owner": c.owned,
        "encry_chat_room_id": c.group_id,
        "owner": c.owner,
    }


def plain(told: Observed) -> Observed:
    return {
        k: v for k, v in told.items() if isinstance(v, str | int | float | list | dict | bool) or v is None
    }


def observe_sync(sample: Observed) -> Observed:
    answer = parse.parse_sync(payload(sample))
    events = [i.event for i in answer.items]
    heard = [e.message for e in events if isinstance(e, MessageReceived)]
    changed = [e.change for e in events if isinstance(e, ContactChanged)]
    told: Observed = {
        "ret": answer.ret,
        "messages": len(heard),
        "changed_contacts": len(changed),
        "deleted_contacts": sum(isinstance(e, ContactGone) for e in events),
        "more_to_fetch": answer.more,
        "sync_key_pairs": len(answer.sync_key.list) if answer.sync_key else 0,
        "sync_key": key(answer.sync_key),
        "sync_check_key": key(answer.sync_check_key),
        "each": [of_message(x) for x in heard],
        "mojibake": any(repaired(x.text) for x in heard if isinstance(x, m.Text)),
    }
    groups = [c for c in changed if c.kind is ContactKind.GROUP]
    return told | (plain(group_facts(groups[0])) | {"group": True} if groups else {})


def observe_init(sample: Observed) -> Observed:
    answer = parse.parse_init(payload(sample))
    return counts(answer.contacts) | {
        "ret": answer.ret,
        "usable": answer.usable,
        "own_uin": answer.uin,
        "own_name": answer.me.nickname,
        "own_name_if_repaired": repaired(str(answer.me.nickname)),
        "own_session_name": answer.me.name,
        "contacts_listed": len(answer.contacts),
        "sync_key": key(answer.sync_key),
        "skey": answer.skey,
        "recent_chats": list(answer.recent),
    }


def observe_contacts(sample: Observed) -> Observed:
    answer = parse.parse_contacts(payload(sample))
    return counts(answer.contacts) | {
        "ret": answer.ret,
        "usable": answer.usable,
        "listed": len(answer.contacts),
        "count_field": answer.count,
        "seq": answer.seq,
    }


def observe_batch(sample: Observed) -> Observed:
    body = payload(sample)
    if b'"ChatRoomName"' in body:
        made = parse.parse_new_group(body)
        return {
            "ret": made.ret,
            "err_msg": made.said,
            "group": made.name,
            "members": [x.nickname for x in made.members],
        }
    answer = parse.parse_batch(body)
    told = counts(answer.contacts) | {
        "ret": answer.ret,
        "usable": answer.ret == 0,
        "listed": len(answer.contacts),
        "count_field": answer.count,
    }
    groups = [c for c in answer.contacts if c.kind is ContactKind.GROUP]
    return told | (plain(group_facts(groups[0])) if groups else {})


def observe_login(sample: Observed) -> Observed:
    body = payload(sample)
    if b"QRLogin" in body:
        issued = parse.parse_login_code(body)
        return {"step": "uuid", "code": issued.code, "uuid": issued.uuid}
    poll = parse.parse_login_poll(body)
    told: Observed = {"step": "scan", "code": poll.code, "avatar": bool(poll.avatar)}
    if poll.redirect_uri:
        told |= {"redirect_uri": poll.redirect_uri, "host": urlsplit(poll.redirect_uri).hostname}
    return told


def observe_page(sample: Observed) -> Observed:
    page = parse.parse_login_page(payload(sample))
    return {
        "ret": page.ret,
        "usable": page.usable,
        "message": page.message,
        "skey": page.skey,
        "wxsid": page.wxsid,
        "wxuin": page.wxuin,
        "pass_ticket": page.pass_ticket,
        "well_formed": well_formed(sample["raw"]),
    }


def observe_check(sample: Observed) -> Observed:
    check = parse.parse_sync_check(payload(sample))
    return {
        "retcode": check.retcode,
        "selector": check.selector,
        "alive": check.alive,
        "fetch": check.fetch,
    }


OBSERVERS: dict[str, Callable[[Observed], Observed]] = {
    "message": observe_message,
    "xml": observe_content,
    "sync": observe_sync,
    "init": observe_init,
    "contacts": observe_contacts,
    "batchcontacts": observe_batch,
    "login": observe_login,
    "loginpage": observe_page,
    "synccheck": observe_check,
}


def observe(sample: Observed) -> Observed:
    try:
        return OBSERVERS[sample["kind"]](sample)
    except HongyanError:
        return {}


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(observe(json.loads(line)), ensure_ascii=False, default=str), flush=True)


if __name__ == "__main__":
    main()
