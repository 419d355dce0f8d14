"""Text of the wire is decoded once, and what people typed comes back as typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.webwx.markup import decode, decode_xml, escape, plain, repaired


def span(code: str) -> str:
    return f'<span class="emoji emoji{code}"></span>'


@given(st.text())
def test_decoding_undoes_escaping(text: str) -> None:
    """Whatever a person types."""
    assert decode(escape(text)) == text


@given(st.text("&<>\"';ampltgquo#39x0 /br\n"))
def test_decoding_undoes_escaping_of_what_looks_like_markup(text: str) -> None:
    """Entities and tags that were typed are no entities and no tags."""
    assert decode(escape(text)) == text


@pytest.mark.parametrize(
    ("wire", "text"),
    [
        ("a<br/>b<br />c", "a\nb\nc"),
        ("1 &lt; 2 &amp;&amp; &quot;x&quot; &#39;y&#39;", "1 < 2 && \"x\" 'y'"),
        ("&amp;lt;br/&amp;gt;", "&lt;br/&gt;"),
        ("&lt;br/&gt;", "<br/>"),
        ("&#128126; &#x1F47E;", "👾 👾"),
        ("&#0; &#55296; &#1114112;", "&#0; &#55296; &#1114112;"),
        (span("1f31b"), "🌛"),
        (span("2600"), "☀"),
        (span("2320e3"), "#\u20e3"),
        (span("1f1e81f1f3"), "🇨🇳"),
        (span("0031fe0f"), "1\ufe0f"),
        (span("1f468") + "\u200d" + span("1f469") + "\u200d" + span("1f467"), "👨‍👩‍👧"),
        (span("2764") + "\ufe0f", "❤️"),
        ('<span class="emoji emoji1f450"></span tail', "👐 tail"),
        ("a " + span("") + " b", "a [emoji] b"),
        ("a " + span("xyz") + " b", "a [emoji] b"),
        ("a " + span("1f4") + " b", "a [emoji] b"),
        ("a " + span("d83d") + " b", "a [emoji] b"),
        ("a " + span("1f31b1f31b1f31b") + " b", "a [emoji] b"),
        ('<span class="other">x</span>', '<span class="other">x</span>'),
        ("[微笑]", "[微笑]"),
        ("\ue04c", "\ue04c"),
    ],
)
def test_forms_of_the_wire(wire: str, text: str) -> None:
    """Line breaks, entities, and emoji in every form seen."""
    assert decode(wire) == text


def test_swapped_emoji_are_left_alone_unless_asked() -> None:
    """Undoing the confusion of old servers would lose the real cat faces."""
    assert decode(span("1f639")) == "😹"
    assert decode(span("1f639"), swap_emoji=True) == "😂"


def test_xml_is_unescaped_once_and_only_where_it_was_escaped() -> None:
    """Gateways hand on what is unescaped already."""
    assert decode_xml('&lt;m n="&amp;quot;"&gt;<br/>&lt;/m&gt;') == '<m n="&quot;">\n</m>'
    assert decode_xml('<m n="&lt;x&gt;"/>') == '<m n="&lt;x&gt;"/>'


def test_a_sentence_without_its_links() -> None:
    """Names in angle brackets stay, tags of links go."""
    assert plain('x <a href="weixin://y">[Send]</a> $revoke$ ') == "x [Send]"
    assert plain("<b>") == "<b>"


@pytest.mark.parametrize(
    ("text", "was"), [("æ€»ç»“çš„ä¸\x8dé”™ã€‚", "总结的不错。"), ("plain", None), ("总结", None)]
)
def test_text_read_in_the_wrong_charset_can_be_repaired(text: str, was: str | None) -> None:
    """Only on request: what came in stays as it came."""
    assert repaired(text) == was
    assert decode(text) == text
