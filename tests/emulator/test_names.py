"""Names that change with each login, and the way back from them."""

from __future__ import annotations

from hongyan.emulator.names import TransientNames


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
