"""Emoticons and emoji found by name and pinyin."""

from __future__ import annotations

from hongyan.terminal.full.composer.emoji import find_emoji
from hongyan.terminal.full.messages.emoticon_text import with_emoji


def test_faces_are_known_by_names_and_pinyin() -> None:
    """And shown as the settings say."""
    assert find_emoji("weixiao")[0].text == "[微笑]"
    assert find_emoji("饺子")[0].text == "🥟"
    assert with_emoji("[微笑]好[不是]", "unicode") == "🙂好[不是]"
    assert with_emoji("[微笑]好", "both") == "[微笑]🙂好"
    assert with_emoji("[微笑]好", "text") == "[微笑]好"
