"""The parts below the service: clock, names, event log, numbers, persistence, limits, hosts."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from hongyan.emulator import ManualClock
from hongyan.emulator.events import EventKind, EventLog, position_in_pairs, position_in_text
from hongyan.emulator.hosts import family_of, is_real_name, ticket_domain
from hongyan.emulator.names import TransientNames
from hongyan.emulator.numbers import Numbers
from hongyan.emulator.persistence import SqlitePersistence
from hongyan.emulator.pictures import avatar

if TYPE_CHECKING:
    from pathlib import Path


def test_clock_never_goes_back() -> None:
    """And tells its watchers when it moves."""
    clock, calls = ManualClock(100.0), []
    clock.watch(lambda: calls.append(clock.now()))
    clock.advance(5)
    assert calls == [105.0]
    with pytest.raises(ValueError, match="never goes back"):
        clock.advance(-1)


def test_names_go_both_ways_and_differ_by_login() -> None:
    """A name of before a restart is found through the universe."""
    ids = ["wxid_00000000000001", "short", "10000000001@chatroom", "filehelper"]
    first, second = TransientNames(b"a" * 32, lambda: ids), TransientNames(b"b" * 32, lambda: ids)
    for each in ids:
        name = first(each)
        assert TransientNames(b"a" * 32, lambda: ids).permanent(name) == each
        assert (second.permanent(name) is None) == (each != "filehelper")
    key = first.room_key(ids[2])
    assert TransientNames(b"a" * 32, lambda: ids).group_of(key) == first.group_of(first(ids[2])) == ids[2]


def test_log_hands_out_what_lies_behind_a_key() -> None:
    """Also for positions between events, before the first and behind the last."""
    log = EventLog(10)
    for position in (12, 13, 17):
        log.append(position, EventKind.MESSAGE, "", str(position).encode())
    assert [each[2] for each in log.after(10).events] == [b"12", b"13", b"17"]
    assert [each[2] for each in log.after(15).events] == [b"17"]
    assert (log.after(13, limit=1).position, log.after(10, limit=2).more) == (17, True)
    assert (log.after(99).events, log.after(99).position) == ([], 17)
    assert (log.one_before(13), log.one_before(12), log.one_behind(12)) == (12, 10, 13)


@pytest.mark.parametrize(
    ("kinds", "selector"),
    [
        ([], 0),
        ([EventKind.CONTACT], 4),
        ([EventKind.CONTACT, EventKind.REMOVED], 6),
        ([EventKind.TOUCH, EventKind.CONTACT], 4),
        ([EventKind.CONTACT, EventKind.STATUS], 7),
        ([EventKind.STATUS, EventKind.MESSAGE], 2),
    ],
)
def test_most_urgent_kind_chooses_the_selector(kinds: list[EventKind], selector: int) -> None:
    """Messages before status notes before contacts."""
    log = EventLog(0)
    for position, kind in enumerate(kinds, 1):
        log.append(position, kind, "", b"")
    assert log.selector(0) == selector


@pytest.mark.parametrize(
    ("sync_key", "position"),
    [
        ({"Count": 1, "List": [{"Key": 2, "Val": 5}]}, 5),
        ({"Count": 1, "List": [{"Key": "2", "Val": "5"}]}, 5),
        ({"Count": 0, "List": []}, None),
        ({"List": [7, {"Key": 2, "Val": None}]}, None),
        ("nonsense", None),
        (None, None),
    ],
)
def test_position_is_read_from_any_key_list(sync_key: object, position: int | None) -> None:
    """Numbers as text too; None for what is no list."""
    assert position_in_pairs(sync_key) == position


def test_position_is_read_from_the_poll() -> None:
    """`k_v` pairs between bars."""
    assert position_in_text("1_7|2_9|3_7|1000_1") == 9
    assert position_in_text("") is None


def test_numbers_go_on_after_a_crash() -> None:
    """Nothing given out before can come again, whatever was lost."""
    kept: dict[str, int] = {}
    before = Numbers(kept.copy(), kept.__setitem__)
    ids = {before.msg_id() for _ in range(1000)} | {before.position() for _ in range(1000)}
    after = Numbers(kept.copy(), kept.__setitem__)
    assert not ids & ({after.msg_id() for _ in range(1000)} | {after.position() for _ in range(1000)})
    assert len(ids) == 2000
    assert all(re.fullmatch(r"\d{19}", str(each)) for each in (before.msg_id(), after.msg_id()))


def test_a_service_that_keeps_nothing_does_not_give_out_the_numbers_of_the_last_run() -> None:
    """A client keeps its journal, and takes a message whose number it has for a repeat."""
    runs = [Numbers({}, lambda _name, _value: None) for _ in range(2)]
    ids = [{run.msg_id() for _ in range(1000)} for run in runs]
    assert not ids[0] & ids[1]


async def test_ledger_keeps_rows_and_events(tmp_path: Path) -> None:
    """Put, replaced, dropped; events by position."""
    persistence = SqlitePersistence(tmp_path / "db")
    persistence.put("place", "a", {"n": 1})
    persistence.put("place", "a", {"n": 2})
    persistence.put("place", "b", None)
    persistence.drop("place", "b")
    persistence.put_event("login", 2, "message", "", b"two")
    persistence.put_event("login", 1, "message", "x", b"one")
    await persistence.settled()
    persistence.close()
    other = SqlitePersistence(tmp_path / "db")
    assert list(other.rows("place")) == [("a", {"n": 2})]
    assert list(other.events("login")) == [(1, "message", "x", b"one"), (2, "message", "", b"two")]
    other.drop_events("login")
    await other.settled()
    assert list(other.events("login")) == []
    other.close()


async def test_ledger_that_cannot_write_says_so(tmp_path: Path) -> None:
    """The failure reaches whoever waits for it."""
    persistence = SqlitePersistence(tmp_path / "db")
    persistence.put("place", "a", 1)
    await persistence.settled()
    persistence._order("INSERT INTO nowhere VALUES (1)")
    with pytest.raises(Exception, match="nowhere"):
        await persistence.settled()
    persistence.close()


@pytest.mark.parametrize(
    ("host", "family"),
    [
        ("wx.qq.com", "wx.qq.com"),
        ("webpush.wx2.qq.com:443", "wx2.qq.com"),
        ("file.web2.wechat.com", "web2.wechat.com"),
        ("web.wechat.com", "web.wechat.com"),
        ("login.weixin.qq.com", ""),
        ("127.0.0.1:8080", ""),
    ],
)
def test_family_is_told_from_the_host(host: str, family: str) -> None:
    """The five families, with their hosts below them."""
    assert family_of(host) == family
    assert is_real_name(host) == (not host.startswith("127"))


def test_data_ticket_is_for_all_of_the_company() -> None:
    """`.qq.com`, `.wechat.com`, nothing on a plain origin."""
    assert [ticket_domain(each) for each in ("wx2.qq.com", "web.wechat.com", "")] == [
        ".qq.com",
        ".wechat.com",
        "",
    ]


def test_avatars_are_pictures() -> None:
    """The same for the same name; of the size that was asked."""
    assert avatar("a") == avatar("a") != avatar("b")
    with Image.open(io.BytesIO(avatar("a", 132))) as picture:
        picture.load()
        assert (picture.format, picture.size) == ("JPEG", (132, 132))
