"""Ways to damage a payload, each by the numbers of one seeded source: what lines, servers and hostile people do to bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

__all__ = ["mutated", "with_hostile_values"]

LONGEST = 60_000  # bytes of a payload

CHUNKS = [
    *(
        '<a b:c="1">',
        "<a:b xmlns:a='x'>",
        "mmreader",
        "sysmsg",
        "<![CDATA[",
        "]]>",
        "<?",
        "?>",
        "<!DOCTYPE a>",
        "<!--",
    ),
    *(
        "&amp;",
        "&lt;",
        "&#0;",
        "&#xD800;",
        "&#60;",
        "&#38;",
        "&#xFFFE;",
        "&" + "amp;" * 9,
        "<br/>",
        "<br",
        "</",
        "/>",
    ),
    *(
        '<span class="emoji emoji1f60a"></span>',
        '<span class="emoji emoji',
        "<appmsg>",
        "</appmsg>",
        "<type>57</type>",
    ),
    *(
        "<msg>",
        "<refermsg>",
        "<recordinfo><datalist><dataitem>",
        "<sysmsg type='revokemsg'>",
        "<sysmsg type=",
    ),
    *(
        '"',
        "'",
        "\\",
        '\\"',
        "\\u",
        "\\ud83d",
        "\\x",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        '{"',
        '"}',
        '":"',
        "null",
        "true",
    ),
    *(
        '"MsgId":',
        '"SyncKey":',
        '"AddMsgList":[',
        '"MemberList":[{"Uin":0,',
        '"BaseResponse":{"Ret":1101}',
        '"CreateTime":',
    ),
    *(
        "\x00",
        "\x1b[2J",
        "\x7f",
        "\x85",
        "\u2028",
        "\u202e",
        "\u200b",
        "\ufeff",
        "\ufffe",
        "\U000e0061",
        "\U0001f3f4",
    ),
    *(
        "邀请",
        '"小梅"邀请"',
        "加入群聊",
        "撤回了一条消息",
        "、",
        "：",
        "@所有人\u2005",
        "http://a.b/",
        "window.code=",
        "<error>",
    ),
    *(
        "@crypt_0a_0b",
        "v1_aa@stranger",
        'skey="',
        "wxid_a:\n",
        "@@g:<br/>",
        "$names$",
        "${a}",
        "[微笑]",
        "coord=1,2",
    ),
]
EXTREMES: list[Any] = [
    *(
        0,
        -1,
        1,
        1 << 31,
        1 << 53,
        (1 << 63) - 1,
        1 << 63,
        -(1 << 63),
        10**30,
        253402300800,
        -62135596801,
        1e30,
        -1e308,
    ),
    *(
        0.5,
        True,
        False,
        None,
        "",
        "x",
        "9" * 300,
        "-5",
        "1e9",
        "NaN",
        [],
        {},
        [[]],
        [0],
        {"a": 1},
        [None],
        {"Buff": 5},
    ),
    *("<a b:c='1'>mmreader", "\u202e", "a" * 3_000, "&lt;" * 500, "\x00", "@@g", "@a", "10002", "[" * 200),
]


def _flip(octets: bytearray, chance: Random) -> None:
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        octets[chance.randrange(len(octets))] ^= 1 << chance.randrange(8)


def _cut(octets: bytearray, chance: Random) -> None:
    del octets[chance.randrange(len(octets)) :]


def _hole(octets: bytearray, chance: Random) -> None:
    begin = chance.randrange(len(octets))
    del octets[begin : begin + chance.choice((1, 3, 20, 500))]


def _insert(octets: bytearray, chance: Random) -> None:
    at = chance.randrange(len(octets) + 1)
    octets[at:at] = chance.choice(CHUNKS).encode("utf-8", "surrogatepass") * chance.choice(
        (1, 1, 1, 2, 7, 300)
    )


def _random(octets: bytearray, chance: Random) -> None:
    at = chance.randrange(len(octets) + 1)
    octets[at:at] = chance.randbytes(chance.choice((1, 2, 4, 40)))


def _again(octets: bytearray, chance: Random) -> None:
    begin = chance.randrange(len(octets))
    piece = bytes(octets[begin : begin + chance.choice((1, 8, 60, 900))])
    octets[begin:begin] = piece * chance.choice((1, 2, 10, 200))


def _nest(octets: bytearray, chance: Random) -> None:
    at, depth = chance.randrange(len(octets) + 1), chance.choice((3, 300, 1_200, 4_000))
    opened, closed = chance.choice(((b"[", b"]"), (b'{"a":', b"}"), (b"<a>", b"</a>"), (b"<b c:d='1'>", b"")))
    octets[at:at] = opened * depth + b"1" + closed * chance.choice((depth, depth - 1, 0))


def _swap_names(octets: bytearray, chance: Random) -> None:
    names = (
        b"MsgType",
        b"Content",
        b"MsgId",
        b"FromUserName",
        b"SyncKey",
        b"MemberList",
        b"Ret",
        b"List",
        b"Key",
    )
    text = bytes(octets).replace(chance.choice(names), chance.choice(names), chance.choice((1, -1)))
    octets[:] = text


_BYTES: list[Callable[[bytearray, Random], None]] = [
    _flip, _flip, _cut, _hole, _insert, _insert, _insert, _random, _again, _nest, _swap_names,
]  # fmt: skip


def with_hostile_values(value: Any, chance: Random, share: float = 0.08) -> Any:
    """Return JSON data with some of its values replaced by extremes of other types, and some texts spoiled."""
    if chance.random() < share:
        return chance.choice(EXTREMES)
    if isinstance(value, dict):
        return {name: with_hostile_values(v, chance, share) for name, v in value.items()}
    if isinstance(value, list):
        items = [with_hostile_values(v, chance, share) for v in value]
        return items * chance.choice((1, 1, 1, 1, 3)) if len(items) < 50 else items
    if isinstance(value, str) and chance.random() < 3 * share:
        at = chance.randrange(len(value) + 1)
        return value[:at] + chance.choice(CHUNKS) * chance.choice((1, 1, 3, 40)) + value[at:]
    return value


def mutated(payload: bytes, others: list[bytes], chance: Random) -> bytes:
    """Return a payload with one to four things done to it; another payload may be spliced in."""
    if chance.random() < 0.4:
        try:
            value = with_hostile_values(json.loads(payload), chance, chance.choice((0.02, 0.08, 0.3)))
            payload = json.dumps(value, ensure_ascii=chance.random() < 0.3).encode("utf-8", "surrogatepass")
        except (ValueError, RecursionError):
            pass
        if chance.random() < 0.6:
            return payload[:LONGEST]
    octets = bytearray(payload)
    for _ in range(chance.choice((1, 1, 2, 4))):
        if not octets:
            break
        if chance.random() < 0.1:
            other = chance.choice(others)
            octets[chance.randrange(len(octets)) :] = other[chance.randrange(len(other) + 1) :]
        else:
            chance.choice(_BYTES)(octets, chance)
    return bytes(octets[:LONGEST])
