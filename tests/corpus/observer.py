"""Answers samples of captured payloads with what our decoder makes of them, in the samples' own words.

Standard input gives one sample a line, standard output gets one object a line. The mapping is from kinds of the model to
the vocabulary of the corpus; nothing here knows a sample. Payloads of other transports than the web are first given the
shape of a web message, since the parser reads only that.
"""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from vocabulary import NAMES, Observed, of_message

from hongyan.errors import HongyanError
from hongyan.model import messages as m
from hongyan.model.contacts import ContactChange, ContactKind
from hongyan.model.events import ContactChanged, ContactGone, MessageReceived
from hongyan.webwx import parse
from hongyan.webwx.contacts import OFFICIAL
from hongyan.webwx.markup import decode_xml, repaired
from hongyan.webwx.parse.envelope import split_prefix
from hongyan.webwx.xml import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.webwx.wire import SyncKey


def payload(sample: Observed) -> bytes:
    raw = sample["raw"]
    return (raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)).encode(
        "utf-8", "surrogatepass"
    )


def observe_message(sample: Observed) -> Observed:
    wire = json.loads(payload(sample))
    content = wire.get("Content", "")
    # Authors blank names: who hands on a medium under another's name is a group, whatever its own name became.
    blanked = re.match(r"@\w+:(?:<br/>|\n)?@\w", content) and not wire["FromUserName"].startswith("@@")
    raw = payload(sample) if not blanked else wire | {"FromUserName": f"@{wire['FromUserName']}"}
    told = of_message(parse.parse_message(raw), sample.get("msg_type") or 0)
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
    of_group = prefix and (prefix.startswith("@") or rest.lstrip().startswith(("<", "&lt;", "@")))
    if not prefix and rest.lstrip().startswith(("<mmreader", "&lt;mmreader")):
        return "newsapp"  # nobody else sends its digests
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
    if b'"ChatRoomName"' in body or b'"ContactList"' not in body:
        made = parse.parse_new_group(body)
        names = [x.nickname for x in made.members]
        return {
            "ret": made.ret,
            "usable": made.ret == 0,
            "err_msg": made.err_msg,
            "group": made.name,
            "members": names,
            "names": names,
            "listed": len(names),
            "count_field": made.count,
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
