"""How the work of reading meanings grows with what strangers send: four times as much takes about four times as long."""

from __future__ import annotations

import gc
import json
from time import process_time
from typing import TYPE_CHECKING

import pytest

from hongyan.webwx.markup import links_apart
from hongyan.webwx.notices import is_withheld, read_accepted, read_notice, recaller
from hongyan.webwx.parse import parse_message

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST_GROWTH = 8.0  # of four times as much; linear work measures 3 to 5


def cost(work: Callable[[str], object], text: str) -> float:
    """Return the best of three runs, in seconds of this process."""
    best = float("inf")
    for _ in range(3):
        begun = process_time()
        work(text)
        best = min(best, process_time() - begun)
    return best


def growth(work: Callable[[str], object], piece: str, size: int) -> float:
    """Return how much longer four times as much takes; the lesser of two looks, for other programs disturb."""
    short, long = (piece * size)[:size], (piece * (4 * size))[: 4 * size]
    work(short)
    gc.disable()
    try:
        return min(cost(work, long) / max(cost(work, short), 1e-5) for _ in range(2))
    finally:
        gc.enable()


def sentence(text: str) -> None:
    read_notice(text)
    recaller(text)
    read_accepted(text)
    is_withheld(text)


def app(text: str) -> object:
    return parse_message(json.dumps({"FromUserName": "@a", "MsgType": 49, "Content": text}).encode())


@pytest.mark.parametrize(
    "piece",
    [
        *(
            '"',
            " ",
            "“",
            "'",
            "你",
            "、",
            "邀请",
            '"邀请"',
            '"加入了群聊',
            "想邀请",
            "，群聊参与人还有：",
            "被移出群聊",
        ),
        *(
            "通过扫描",
            "的二维码",
            "拍了拍",
            "修改群名为“",
            "joined the group chat via ",
            "invited you and ",
            "QR code ",
        ),
        *("invitation ", "撤回了", "recalled ", "与群里其他人", "已启用“", "removed from the group by "),
    ],
)
def test_sentences(piece: str) -> None:
    """Whatever their words are repeated into."""
    assert growth(sentence, piece, 1000) < LARGEST_GROWTH


@pytest.mark.parametrize("piece", ["<a ", "<a href='x'>", '<a href="', "<", "<br", "</a>", "<b><a>", "href="])
def test_markup(piece: str) -> None:
    """Of texts as long as they come."""
    assert growth(links_apart, piece, 8000) < LARGEST_GROWTH


@pytest.mark.parametrize(
    "piece",
    [
        "<x>&lt;y&gt;z&lt;/y&gt;</x>",
        "<a>words</a>",
        "<recorditem>&lt;datalist&gt;",
        "<dataitem datatype='17'><recordxml><datalist>",
        "&amp;lt;",
        "<refermsg><content>&amp;amp;lt;",
    ],
)
def test_apps_and_records(piece: str) -> None:
    """Nested, escaped and cut off."""
    begin = "<msg><appmsg><type>19</type>"
    assert growth(lambda text: app(begin + text), piece, 8000) < LARGEST_GROWTH
