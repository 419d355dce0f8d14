"""Names in Latin letters, as the service sorts people by them."""

from __future__ import annotations

from hongyan.emulator.pinyin import pinyin


def test_pinyin_has_capital_initials_and_small_readings() -> None:
    """Latin letters keep their case, what cannot be read is a question mark, blanks go."""
    assert pinyin("王小雁") == ("WXY", "wangxiaoyan")
    assert pinyin("陈Anna 2🌙") == ("CANNA2?", "chenAnna2?")
    assert pinyin("") == ("", "")
