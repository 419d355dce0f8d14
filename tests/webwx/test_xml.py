"""The guard in front of the XML parser: hostile and broken sources."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hongyan.errors import UnreadableXml
from hongyan.webwx.lenient_json import mend
from hongyan.webwx.markup import escape
from hongyan.webwx.parse.messages import read_message
from hongyan.webwx.xml import LIMIT, Document, read


def document(source: str) -> Document:
    found = read(source)
    assert found is not None
    return found


@pytest.mark.parametrize("source", ["", "   ", "just words", "1 > 0"])
def test_no_element_is_no_document(source: str) -> None:
    """Empty and text-only content is ordinary, not an error."""
    assert read(source) is None


@pytest.mark.parametrize(
    "source",
    [
        '<!DOCTYPE x [<!ENTITY a "b">]><m>&a;</m>',
        '<m/><!doctype x SYSTEM "file:///etc/passwd">',
        '<m><!ENTITY % p SYSTEM "http://x.example"></m>',
        "<m>" + "x" * LIMIT + "</m>",
    ],
)
def test_dangerous_sources_are_refused(source: str) -> None:
    """With our own error."""
    with pytest.raises(UnreadableXml):
        read(source)


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("wxid_x:\n<m><t>v</t></m>", "v"),
        ('<?xml version="1.0" encoding="gb2312"?><m><t>中文</t></m>', "中文"),
        ('<m><?xml version="1.0"?><t>v</t></m>', "v"),
        ("<a>1</a>\n<b><t>v</t></b>\n<c/>", "v"),
        ("<m><t>a & b &copy; &amp; c</t></m>", "a & b &copy; & c"),
        ("<m><t><![CDATA[a & b <c> &amp;]]></t></m>", "a & b <c> &amp;"),
        ("<m><t><![CDATA[open", "open"),
        ("<m><t><![CDATA[open & <shut>", "open & <shut>"),
        ("<m><t>a\x00b\x0bc&#0;d&#xB;e&#55296;f&#x1F47E;</t></m>", "abcdef👾"),
        ("<m><t>cut", "cut"),
        ("<m><x+a=''><t>a &amp; b</t></m>", "a & b"),
        ("<m><x><t>v</x></m>", "v"),
        ("<m a='1' a='2'><t>v &lt; &quot;w&quot;</t></m>", 'v < "w"'),
        ("<m><t>a<b>c</b>d</t></m>", "acd"),
    ],
)
def test_broken_sources_give_what_can_be_found(source: str, title: str) -> None:
    """Prefixes, declarations, several roots, bare ampersands, illegal characters, cuts."""
    assert document(source).text(".//t") == title


def test_an_attribute_is_found_in_a_tag_that_was_cut_off() -> None:
    """The last resort is a search of the source."""
    assert (
        document('<msg fromnickname="A &amp; B" content="hi" sc').attribute_of("msg", "fromnickname")
        == "A & B"
    )
    assert document('<msg><e+a="x"+len+=+"32"/></msg>').attribute_of("e", "len") == "32"


def test_damage_is_told() -> None:
    """Only a sound document is called well-formed."""
    assert document("<m/>").well_formed
    assert not document("<m>").well_formed


def test_great_depth_is_bounded() -> None:
    """What lies deeper than the parser goes is not reached, and nothing is raised."""
    assert not document("<a>" * 200_000 + "<t>v</t>").find(".//t")


@given(st.text("<>/=\"'&;![]CDATAx# \n"))
@settings(deadline=None)
def test_no_text_raises_anything_but_our_error(source: str) -> None:
    """Whatever stands in a message."""
    try:
        found = read(source)
    except UnreadableXml:
        return
    if found:
        found.text(".//x")
        found.attribute_of("x", "A")


HOSTILE_NAMES = [
    '<a b:c="1">mmreader',
    '<a b:c="&lt;1&gt;"><m>v</x>',
    "<a:b:c d:e:f='1' xml:x='2' xmlns='q'><m></y>",
    '<a xmlns:b="" b:c="1"><b>',
    '<a xmlns:x="y" x:x="1" xmlns:x="z"/>',
    '<a é:ü="1" ö="2"><b></c>',
    "<a b:='1' :c='2' :='3'><b></c>",
    '<xml:a xml:b="1"><b></c>',
    '<{a} {b}c="1"><b></d>',
    "<" + "a:" * 400 + "b><c></d>",
    "<" + "a" * 70_000 + ":b c:d='1'><e></f>",
]
HOSTILE_CHARACTERS = [
    "<m><t>\ufffe\uffff\ud800\x00&#xFFFE;&#65535;&#xD800;&#0;</x>",
    '<m a="&#xFFFE;\x1b" b:c="&#60;&#38;"><t>v</x>',
    "<![CDATA[ &foo; <a b='<![CDATA['> &foo; &#xFFFE; ]]> ]]><q",
    "<m><t>" + "&#38;" * 40 + "&#x26;lt;</x>",
    "<m><t>&#" + "9" * 5_000 + ";</x><![CDATA[&#" + "9" * 5_000 + ";",
]
HOSTILE_DEPTHS = ["<a>" * 5_000, "<a b:c='1'>" * 5_000, "<a><b:c>" * 200 + "</a>" * 300]


@pytest.mark.parametrize("source", [*HOSTILE_NAMES, *HOSTILE_CHARACTERS, *HOSTILE_DEPTHS])
@pytest.mark.parametrize("escaped", [False, True])
def test_no_source_makes_reading_raise(source: str, *, escaped: bool) -> None:
    """Names, characters and depths that lxml takes while it recovers and refuses when it writes."""
    text = escape(source) if escaped else source
    for msg_type in (1, 3, 34, 37, 42, 43, 47, 48, 49, 50, 51, 10000, 10002):
        content = f"{text} mmreader sysmsg <location"
        _, fault = read_message(
            msgspec.json.encode({"MsgType": msg_type, "FromUserName": "@a", "Content": mend(content)})
        )
        assert fault is None
    found = read(source)
    if found is not None:
        assert isinstance(found.text() + found.tag + found.attribute("b", "b:c", "a"), str)
        assert all(isinstance(n.text() + n.tag, str) for n in found.all(".//*"))


def test_attributes_of_damaged_sources_keep_their_characters() -> None:
    """References stand for themselves, also numeric ones of markup, in attributes with and without a prefix."""
    found = document('<m a="1 &lt; 2 &amp; &#60;&#38;" b:c="&#34;&apos;"><t>&#38;lt; &quot;</x>')
    assert found.attribute_of("m", "a") == "1 < 2 & <&"
    assert found.text(".//t") == '&lt; "'
