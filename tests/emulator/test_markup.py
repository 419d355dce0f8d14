"""Text and XML as the service writes them."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.emulator.markup import emoji_spans, wire_text, wire_xml

SPAN = re.compile(r'<span class="emoji emoji([0-9a-f]+)"></span>')


def read(wire: str) -> str:
    """What a reader makes of wire text: breaks, spans, then entities, the ampersand last."""

    def character(found: re.Match[str]) -> str:
        code = found[1]
        size = {6: 2, 8: 4, 10: 5}.get(len(code), len(code))
        first, rest = code[:size], code[size:]
        return chr(int(first, 16)) + (chr(int(rest, 16)) if rest else "")

    plain = SPAN.sub(character, wire.replace("<br/>", "\n"))
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&#39;", "'"), ("&quot;", '"'), ("&amp;", "&")):
        plain = plain.replace(entity, sign)
    return plain


@given(st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"])), st.booleans())
def test_text_comes_back_as_it_was_typed(typed: str, spans: bool) -> None:
    """Typed markup, entities and emoji survive; only the selector inside a keycap is lost."""
    expected = re.sub("([0-9#*])\ufe0f\u20e3", "\\1\u20e3", typed) if spans else typed
    assert read(wire_text(typed, spans=spans)) == expected


@pytest.mark.parametrize(
    ("typed", "code"),
    [("😄", "1f604"), ("☀", "2600"), ("2️⃣", "3220e3"), ("🇨🇳", "1f1e81f1f3"), ("🀄", "1f004")],
)
def test_emoji_become_spans_of_their_code_points(typed: str, code: str) -> None:
    """4 and 5 digits are one code point, 6 a keycap, 10 a flag."""
    assert emoji_spans(typed) == f'<span class="emoji emoji{code}"></span>'


def test_newer_emoji_stay_raw_beside_spans() -> None:
    """Both occur in one name."""
    assert emoji_spans("🦊🌙") == '🦊<span class="emoji emoji1f319"></span>'


def test_xml_keeps_its_quotes() -> None:
    """Only markup and ampersands are escaped, the second layer of an attribute too; lines become breaks."""
    wire = wire_xml('<msg a="1 &amp; 2">\n</msg>')
    assert wire == '&lt;msg a="1 &amp;amp; 2"&gt;<br/>&lt;/msg&gt;'
    assert html.unescape(wire.replace("<br/>", "\n")) == '<msg a="1 &amp; 2">\n</msg>'
