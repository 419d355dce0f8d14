"""The generated blocks of ``docs/protocol.md``: hosts, calls, kinds of messages, codes and limits, from their tables."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import msgspec

from generate import evidence, exchange
from generate.blocks import DOCS, code, first_sentence, prose, table
from hongyan.errors import MEANINGS
from hongyan.model import messages as kinds
from hongyan.webwx import contacts, hosts, states
from hongyan.webwx.calls.contacts import BATCH, Notify
from hongyan.webwx.calls.manage import Verify
from hongyan.webwx.calls.misc import Report
from hongyan.webwx.media import CHUNK, PERMIT_ABOVE
from hongyan.webwx.parse import LoginPoll, SyncCheck, parse_message
from hongyan.webwx.parse.apps import APP_TYPES
from hongyan.webwx.parse.messages import MSG_TYPES
from hongyan.webwx.parse.system import COMMANDS
from hongyan.webwx.wire import WireContact, WireMember, WireMessage, WireRecommend
from hongyan.webwx.wordings import CHINESE, ENGLISH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SAMPLES: list[dict[str, Any]] = json.loads(
    (DOCS.parent / "tests" / "webwx" / "samples" / "messages.json").read_text("utf-8")
)
ME = "@" + "00" * 32
_RECORDED_AS = {"login_poll": "login", "root_page": "root"}
_CAPTURED_AS = {
    "jslogin": ("login",),
    "login_poll": ("login",),
    "webwxnewloginpage": ("loginpage",),
    "webwxinit": ("init",),
    "webwxgetcontact": ("contacts",),
    "webwxbatchgetcontact": ("batchcontacts",),
    "webwxcreatechatroom": ("batchcontacts",),
    "synccheck": ("synccheck",),
    "webwxsync": ("sync",),
}
_TESTED = ("itchat", "wechat4u")


def blocks() -> dict[str, str]:
    """Return each generated block of the page by its name."""
    told = evidence.load()
    return {
        "hosts": _hosts(),
        "calls": _calls(told),
        "login-codes": _login_codes(),
        "message-types": _message_types(told),
        "app-types": _app_types(told),
        "commands": _commands(told),
        "samples": _samples(),
        "sentences": _sentences(),
        "fields": _fields(),
        "flags": _flags(),
        "codes": _codes(),
        "limits": _limits(),
    }


def _hosts() -> str:
    entry = hosts.official()
    rows = [
        (f"`{kind.name}`", f"`{exchange.official_host(kind.value)}`", _USED_FOR[kind.name])
        for kind in hosts.HostClass
    ]
    families = ", ".join(f"`{family}`" for family in hosts.FAMILIES)
    listed = table(("Class", f"Host at the entry `{entry.family}`", "Used for"), rows)
    return f"{listed}\n\nFamilies: {families}. The login page's redirect names the family; its MAIN host fixes the others."


_USED_FOR = {
    "MAIN": "everything that is not below",
    "LOGIN": "`jslogin` and the poll of a code",
    "FILE": "uploads and `webwxgetmedia`",
    "PUSH": "`synccheck`",
    "QR": "the picture of a code",
}


def _calls(told: dict[str, Any]) -> str:
    grouped: dict[str, list[exchange.Exchange]] = defaultdict(list)
    for each in exchange.exchanges():
        grouped[each.request.endpoint].append(each)
    return "\n\n".join(_endpoint(name, each, told) for name, each in grouped.items())


def _endpoint(name: str, found: list[exchange.Exchange], told: dict[str, Any]) -> str:
    request = found[0].request
    host = found[0].host.upper()
    timeout = f"client timeout {request.timeout:g} s" if name != "qrcode" else "fetched by viewers"
    lines = [f"### {name}", f"`{request.method}` {host} `{exchange.address(request)}`, {timeout}."]
    seen: set[Callable[..., Any]] = set()
    for each in found:
        if each.builder not in seen:
            seen.add(each.builder)
            lines.append(prose(each.builder.__doc__))
    lines.append(_speaks_for(name, told))
    shown: set[str] = set()
    for each in found:
        lines += _one(each, shown, alone=len(found) == 1)
    return "\n\n".join(lines)


def _one(each: exchange.Exchange, shown: set[str], *, alone: bool) -> list[str]:
    lines = [] if alone else [f"**{each.name.partition(', ')[2] or each.name}**"]
    if asked := exchange.query(each.request):
        lines.append(f"Query: `{asked}`")
    if sent := exchange.body(each.request):
        lines += ["Request body:", code(sent, "json" if sent.startswith("{") else "text")]
    got = exchange.answer(each.response)
    if got in shown:
        return [*lines, "The answer has the same form."]
    shown.add(got)
    lines += ["Answer of the emulator:", code(got, "json" if got.startswith("{") else "text")]
    return lines


def _speaks_for(name: str, told: dict[str, Any]) -> str:
    clients = told["recorded"].get(_RECORDED_AS.get(name, name), [])
    captured = sum(told["captured"].get(kind, 0) for kind in _CAPTURED_AS.get(name, ()))
    parts = []
    if captured:
        parts.append(f"{captured} captured answers of this form")
    if clients:
        parts.append(f"recorded: {', '.join(clients)}")
        if tested := [c for c in _TESTED if c in clients]:
            parts.append(f"in the test suite: {', '.join(tested)}")
    return f"Evidence: {'; '.join(parts) if parts else _ALONE}."


_ALONE = "the front-end's code alone; no recorded client makes this call"


def _login_codes() -> str:
    codes = [
        (200, "confirmed: `window.redirect_uri` names the login page"),
        (201, "scanned: `window.userAvatar` has the picture of the account as a data address"),
        (202, "canceled on the phone"),
        (400, "the code is over"),
        (408, "nothing happened while the poll was held"),
        (500, "server trouble; a new code is shown"),
    ]
    listed = table(("Code of the poll", "Meaning"), codes)
    return f"{prose(LoginPoll.__doc__)}\n\n{listed}\n\n{prose(SyncCheck.__doc__)}"


def _read(sample: dict[str, Any]) -> kinds.Message:
    return parse_message(json.dumps(sample["wire"], ensure_ascii=False).encode(), ME)


def _kinds_of(fits: Callable[[dict[str, Any]], bool]) -> str:
    found = dict.fromkeys(_read(s).kind for s in SAMPLES if fits(s["wire"]))
    return ", ".join(f"`{kind}`" for kind in found) or "`app`"


def _message_types(told: dict[str, Any]) -> str:
    def row(number: int) -> tuple[object, ...]:
        found = _kinds_of(lambda wire: wire.get("MsgType") == number)
        captured = sum(
            n for k, n in told["captured"].items() if k == str(number) or k.startswith(f"{number}-")
        )
        samples = sum(s["wire"].get("MsgType") == number for s in SAMPLES)
        return (
            number,
            _WHAT.get(number, "historic; no capture"),
            found if number != 49 else "see below",
            samples,
            captured or "",
        )

    heads = ("MsgType", "What", "Kinds it becomes", "Our samples", "Captures read")
    return table(heads, map(row, MSG_TYPES))


_WHAT = {
    1: "text; also a place as a text with a map, a digest of news, a red packet",
    3: "picture",
    34: "voice message",
    37: "friend request",
    40: "somebody who might be a friend",
    42: "card of a person or official account",
    43: "video",
    47: "sticker",
    48: "place",
    49: "app message, by the number in its `<type>`",
    50: "call",
    51: "status: the phone opened, closed or read chats",
    52: "call, in words",
    53: "invitation to a call",
    62: "short video",
    10000: "sentence of the service",
    10002: "command of the service, by the type of its `<sysmsg>`",
}


def _app_types(told: dict[str, Any]) -> str:
    def row(number: int) -> tuple[object, ...]:
        found = _kinds_of(lambda wire: wire.get("AppMsgType") == number)
        samples = sum(s["wire"].get("AppMsgType") == number for s in SAMPLES)
        return number, _reader_kind(number, found), samples, told["captured"].get(f"49-{number}", "")

    heads = ("AppMsgType", "Kinds it becomes", "Our samples", "Captures read")
    return table(heads, (row(number) for number in APP_TYPES if number is not None))


def _reader_kind(number: int, found: str) -> str:
    """Name the kind of a type without a sample: that of another type with the same reader."""
    if any(s["wire"].get("AppMsgType") == number for s in SAMPLES):
        return found
    same = [n for n, reader in APP_TYPES.items() if reader is APP_TYPES[number] and n != number]
    return next((_kinds_of(lambda wire, n=n: wire.get("AppMsgType") == n) for n in same), found)


def _commands(told: dict[str, Any]) -> str:
    def row(command: str) -> tuple[object, ...]:
        def fits(wire: dict[str, Any]) -> bool:
            content = str(wire.get("Content", ""))
            return wire.get("MsgType") == 10002 and (
                f'type="{command}"' in content or f"type='{command}'" in content
            )

        return f"`{command}`", _kinds_of(fits), sum(fits(s["wire"]) for s in SAMPLES)

    heads = ("Type of `<sysmsg>`", "Kinds it becomes", "Our samples")
    note = f"Of all commands together {told['captured'].get('10002', 0)} captures are read."
    return f"{table(heads, map(row, COMMANDS))}\n\n{note}"


def _samples() -> str:
    found: dict[str, dict[str, Any]] = {}
    for sample in SAMPLES:
        found.setdefault(_read(sample).kind, sample)
    return "\n\n".join(_sample(kind, found[kind]) for kind in kinds.MESSAGE_KINDS)


def _sample(kind: str, sample: dict[str, Any]) -> str:
    wire = {k: v for k, v in sample["wire"].items() if k not in {"MsgId", "CreateTime"}}
    wire |= {k: _name(v) for k, v in wire.items() if k in {"FromUserName", "ToUserName"}}
    content = str(wire.get("Content", ""))
    if len(content) > 60:
        wire["Content"] = "(below)"
    lines = [
        f"#### {kind}",
        first_sentence(kinds.MESSAGE_KINDS[kind].__doc__),
        f"Sample: {sample['title']}.",
        code(wire),
    ]
    if len(content) > 60:
        lines.append(code(content, "xml" if "<" in content or "&lt;" in content else "text"))
    read = json.loads(msgspec.json.encode(_read(sample)))
    kept = {k: _name(v) for k, v in read.items() if k not in {"id", "created_at", "raw"}}
    return "\n\n".join([*lines, "Becomes:", code(kept)])


def _name(value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith("@"):
        return value
    return (
        value
        if len(value) < 33
        else ("@@group" if value.startswith("@@") else "@me" if set(value) == {"@", "0"} else "@other")
    )


def _sentences() -> str:
    forms: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for column, listed in enumerate((CHINESE, ENGLISH)):
        for meaning, _ in listed:
            forms[meaning][column] += 1
    rows = ((f"`{meaning}`", chinese, english) for meaning, (chinese, english) in sorted(forms.items()))
    return table(("Meaning", "Chinese forms", "English forms"), rows)


def _fields() -> str:
    structs = (WireMessage, WireRecommend, WireContact, WireMember)
    return "\n\n".join(_struct(kind) for kind in structs)


def _struct(kind: type[msgspec.Struct]) -> str:
    names = ", ".join(f"`{field.encode_name}`" for field in msgspec.structs.fields(kind))
    return f"{prose(kind.__doc__)}\n\n{names}."


def _flags() -> str:
    rows: list[tuple[object, ...]] = [
        ("`ContactFlag`", f"{contacts.IN_CONTACTS:#x}", "in the address book"),
        ("`ContactFlag`", f"{contacts.BLOCKED:#x}", "blocked"),
        ("`ContactFlag`", f"{contacts.MUTED:#x}", "muted (people; a group says so by `Statues` 0)"),
        ("`ContactFlag`", f"{contacts.PINNED:#x}", "pinned"),
        ("`VerifyFlag`", f"{contacts.OFFICIAL:#x}", "official account"),
        *(("`webwxstatusnotify` `Code`", int(each), each.name.lower()) for each in Notify),
        *(("`webwxverifyuser` `Opcode`", int(each), each.name.lower()) for each in Verify),
    ]
    special = ", ".join(f"`{name}`" for name in sorted(contacts.SPECIAL_NAMES))
    listed = table(("Field", "Value", "Meaning"), rows)
    return f"{listed}\n\n{prose(Report.__doc__)}\n\nUser names of the service's own accounts: {special}."


def _codes() -> str:
    rows: Iterator[tuple[object, ...]] = ((m.code, m.name, m.meaning, m.evidence) for m in MEANINGS.values())
    return table(("Code", "Name", "Meaning", "Evidence"), rows)


def _limits() -> str:
    rows = [
        ("Names in one `webwxbatchgetcontact`", BATCH),
        ("Bytes of one chunk of an upload", f"{CHUNK:,}"),
        ("Bytes above which `webwxcheckupload` comes first", f"{PERMIT_ABOVE:,}"),
        ("States of a login and its sync cycle", len({phase for phase, _ in states.TRANSITIONS})),
    ]
    return table(("What", "Value"), rows)
