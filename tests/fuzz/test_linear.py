"""Four times as much text costs about four times as much, whatever it says: nobody freezes a program by a message."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pytest

from hongyan.backends.webwx.forward import _app_in
from hongyan.errors import HongyanError
from hongyan.model.contacts import Member
from hongyan.model.display_text import clean, json_safe
from hongyan.model.ids import TransientName
from hongyan.model.mentions import find_mentions
from hongyan.model.messages import Text
from hongyan.terminal.full.messages.links import _LINK, link_of
from hongyan.terminal.full.messages.wrap import wrap
from hongyan.terminal.lines import Format, Lines
from hongyan.terminal.seen import Seen
from hongyan.terminal.strings.language import Language
from hongyan.transport import recorder
from hongyan.webwx import markup, names, notices, parse, secrets, xml
from hongyan.webwx.decode import decode

if TYPE_CHECKING:
    from collections.abc import Callable

    Work = Callable[[str], object]

SMALL: Final = 4_000  # characters; four times as many are the large one
RATIO: Final = 8.0
CHEAP_S: Final = 0.02  # what the large one may cost without anybody asking how it came to that


def message(number: int, **more: Any) -> Work:
    def read(text: str) -> object:
        wire = {"MsgType": number, "FromUserName": "@@g", "Content": text, "Url": text, **more}
        return parse.parse_message(json.dumps(wire, ensure_ascii=False).encode("utf-8", "replace"))

    return read


def app(number: int) -> Work:
    read = message(49)
    return lambda text: read(
        f"<msg><appmsg><title>邀请你加入群聊</title><type>{number}</type><des><![CDATA[{text}]]></des></appmsg></msg>"
    )


def command(kind: str, inside: str) -> Work:
    read = message(10002)
    return lambda text: read(f'<sysmsg type="{kind}">{inside.format(f"<![CDATA[{text}]]>")}</sysmsg>')


def answer(reader: Callable[[bytes], object]) -> Work:
    def read(text: str) -> object:
        try:
            return reader(text.encode("utf-8", "replace"))
        except HongyanError:
            return None

    return read


def spoken(text: str) -> str:
    lines = Lines(Format.SPEAK, Language.ZH, "我", lambda: 0.0)
    return lines.message(Seen(seq=1, at=0.0, message=Text(text=text), chat="a", sender="b"))


MEMBERS = [Member(name=TransientName(f"@{n}"), nickname="x" * n) for n in range(1, 200)]
TEMPLATE = "<sysmsgtemplate><content_template><template>{}</template></content_template></sysmsgtemplate>"
READERS: dict[str, Work] = {
    **{f"message {n}": message(n) for n in (1, 3, 37, 47, 49, 50, 10000, 10002)},
    **{f"app {n}": app(n) for n in (5, 19, 57)},
    "recall": command("revokemsg", "<revokemsg><replacemsg>{}</replacemsg></revokemsg>"),
    "own change": command(
        "delchatroommember", "<text>{}</text><link><memberlist><username>a</username></memberlist></link>"
    ),
    "template": command("sysmsgtemplate", TEMPLATE),
    "pat": command("pat", "<pat><template>{}</template></pat>"),
    "xml": lambda text: xml.read("<" + text),
    "markup": markup.decode,
    "plain": markup.plain,
    "notice": notices.read_notice,
    "recaller": notices.recaller,
    "names": lambda text: names.split_names(text, ["a", "b", "c"]),
    "secrets": secrets.without_secrets,
    "recorder": recorder.without_secrets,
    "decode": decode,
    "sync": answer(parse.parse_sync),
    "list": lambda text: parse.parse_sync(f'{{"BaseResponse":{{"Ret":0}},"AddMsgList":[{text}'.encode()),
    "contacts": lambda text: answer(parse.parse_contacts)(f'{{"MemberList":[{text}],"Seq":0}}'),
    "login page": answer(parse.parse_login_page),
    "login poll": answer(parse.parse_login_poll),
    "clean": clean,
    "json": json_safe,
    "wrap": lambda text: wrap(clean(text, newline="\n"), 60),
    "links": lambda text: [link_of(found[0]) for found in _LINK.finditer(text)],
    "mentions": lambda text: find_mentions(text, MEMBERS, ["me"]),
    "speak": spoken,
    "forward": _app_in,
}
ATOMS = [
    *(
        "<?",
        "<",
        "<a>",
        "<a b:c='1'>",
        "<![CDATA[",
        "<br",
        "&",
        "&amp;",
        '<span class="emoji emoji',
        "<!",
        "<appmsg>",
        "\\",
    ),
    *(
        '{"MsgId":',
        '{"Uin":1,"A":[',
        '{"MsgId":1,"A":{"a":"',
        '"MsgId":',
        '[{"',
        '\\"skey\\":\\"',
        'skey="',
        "<skey>",
        "v1_-",
    ),
    *(
        '"邀请你加入群聊',
        '"小梅"邀请"',
        "撤回",
        "、",
        "a、",
        '" invited "',
        "$a$",
        "${",
        "@",
        "＠x",
        "[",
        "[ ",
        "http://a.b/",
    ),
    *(
        ":/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?",
        "\U000e0061",
        "\U0001f3f4\U000e0061",
        "\u0301",
        "\u200d\ufe0f",
        "1",
        "1:",
    ),
]
HEADS = ["", "mmreader sysmsg @stranger ticket skey [", "<msg><appmsg><title>pictype=location"]


def seconds(work: Work, text: str) -> float:
    begun = time.process_time()
    work(text)
    return time.process_time() - begun


def ratio(work: Work, head: str, atom: str, tail: str = "", size: int = SMALL) -> float:
    """Return how many times as much processor time the large text costs; 0 where it costs next to nothing."""
    small, large = (head + atom * (length // len(atom)) + tail for length in (size, 4 * size))
    if seconds(work, large) < CHEAP_S:
        return 0.0
    found = 99.0
    for _ in range(4):  # the machine may be busy with something else meanwhile
        cost = min(seconds(work, large) for _ in range(2))
        if cost < CHEAP_S:
            return 0.0
        found = min(found, cost / max(min(seconds(work, small) for _ in range(3)), 1e-6))
        if found < RATIO:
            break
    return found


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", READERS)
def test_reading_takes_time_in_proportion(name: str) -> None:
    """Every reader on every repetition, with and without words before it that open another branch."""
    read = READERS[name]
    slow = {(head, atom): r for head in HEADS for atom in ATOMS if (r := ratio(read, head, atom)) >= RATIO}
    assert not slow


def test_what_is_read_does_not_grow_beyond_bounds() -> None:
    """A template that names one long link again and again: the whole would be a thousand times the message."""
    link = f'<link name="a"><plain>{"x" * 20_000}</plain></link>'
    filled = f"<template>{'$a$' * 20_000}</template><link_list>{link}</link_list>"
    content = f'<sysmsg type="sysmsgtemplate"><sysmsgtemplate><content_template>{filled}</content_template></sysmsgtemplate></sysmsg>'
    for short in (content, content.replace("$a$" * 20_000, "$a$" * 300)):
        read = parse.parse_message({"MsgType": 10002, "FromUserName": "@@g", "Content": short})
        assert len(msgspec.json.encode(read)) < 4_000_000


WORST: dict[
    str, tuple[str, str, str, str]
] = {  # reader, what stands before, what is repeated, what stands behind
    "declarations left open": ("message 1", "mmreader <a>", "<?", ""),
    "an invitation begun again and again": ("app 5", "", '"邀请你加入群聊', ""),
    "paths of map pictures": (
        "message 1",
        "",
        ":/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?",
        " pictype=location",
    ),
    "backslashes before a secret": ("secrets", "skey ", "\\", '"skey'),
    "tickets of strangers": ("secrets", "", "v1_-", "@stranger"),
    "damaged items in each other": ("list", "", '{"MsgId":1,"A":[', ""),
    "contacts in each other": ("contacts", "", '{"Uin":1,"MemberList":[', ""),
    "beginnings without an end": ("list", "", '{"MsgId":', ""),
    "tags without a flag": ("clean", "", "\U000e0061", ""),
    "tags behind a flag": ("clean", "\U0001f3f4", "\U000e0061", ""),
    "signs of nobody": ("mentions", "", "＠", ""),
    "apps without an end": ("forward", "", "<appmsg>", ""),
    "blanks in a bracket": ("speak", "[", " ", ""),
}


@pytest.mark.parametrize("case", WORST.values(), ids=WORST.keys())
def test_what_was_slow_once_is_not(case: tuple[str, str, str, str]) -> None:
    """Each with the end that it needs; the small sizes would hide the square of a fast search."""
    name, head, atom, tail = case
    assert ratio(READERS[name], head, atom, tail, size=4 * SMALL) < RATIO
