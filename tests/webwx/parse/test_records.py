"""Merged records and whatever holds words: every entry, also inside records inside records, in every rendering."""

from __future__ import annotations

import json

import pytest

from hongyan.model import messages as m
from hongyan.model.events import MessageReceived
from hongyan.model.search import fold, searched_text
from hongyan.model.summary import LanguageTag, entries, full
from hongyan.webwx.markup import escape
from hongyan.webwx.parse import parse_message

LETTER = '<dataitem datatype="{0}"><sourcename>阿石</sourcename><sourcetime>2024-05-01 08:00</sourcetime>{1}</dataitem>'
INSIDE = (
    "<recordinfo><title>里面的记录</title><datalist count='2'>"
    "<dataitem datatype='1'><sourcename>小溪</sourcename><datadesc>深处的话</datadesc></dataitem>"
    "<dataitem datatype='17'><datatitle>更里面</datatitle><recordxml><recordinfo><datalist>"
    "<dataitem datatype='1'><sourcename>青苔</sourcename><datadesc>最深的话</datadesc></dataitem>"
    "</datalist></recordinfo></recordxml></dataitem></datalist></recordinfo>"
)
ITEMS = (
    (1, "<datadesc>早上好</datadesc>", "阿石: 早上好"),
    (2, "<datasize>2048</datasize>", "阿石: [图片 2 KB]"),
    (3, "<duration>4000</duration>", '阿石: [语音 4"]'),
    (4, "<duration>3000</duration>", '阿石: [视频 3"]'),
    (
        5,
        "<datatitle>石板路</datatitle><link>http://stone.example/</link>",
        "阿石: [链接] 石板路 http://stone.example/",
    ),
    (6, "<locitem><label>河边一号</label><poiname>茶馆</poiname></locitem>", "阿石: [位置] 茶馆, 河边一号"),
    (7, "<datatitle>雨</datatitle><datadesc>歌者</datadesc>", "阿石: [音乐] 雨 - 歌者"),
    (8, "<datatitle>清单.pdf</datatitle><datasize>12</datasize>", "阿石: [文件 12 B] 清单.pdf"),
    (16, "<datatitle>青苔</datatitle>", "阿石: [名片] 青苔"),
    (17, f"<datatitle>里面的记录</datatitle><recordxml>{INSIDE}</recordxml>", "阿石: [聊天记录] 里面的记录"),
    (19, "<appbranditem><sourcedisplayname>雨伞</sourcedisplayname></appbranditem>", "阿石: [小程序] 雨伞"),
    (22, "<finderFeed><nickname>山</nickname><desc>云海</desc></finderFeed>", "阿石: [视频号] 山: 云海"),
    (23, "", "阿石: [视频号]"),
    (29, "<datatitle>风</datatitle><datadesc>乐手</datadesc>", "阿石: [音乐] 风 - 乐手"),
    (36, "<datatitle>页面</datatitle>", "阿石: [链接] 页面"),
    (37, "", "阿石: [表情]"),
    (99, "<mystery><words>没人认识的话</words><id>42</id></mystery>", "阿石: [条目 99] words: 没人认识的话"),
)


def record(items: str, app_type: int = 19, *, cdata: bool = True) -> m.AnyMessage:
    inner = f"<recordinfo><title>t</title><datalist count='9'>{items}</datalist></recordinfo>"
    held = f"<![CDATA[{inner}]]>" if cdata else escape(inner).replace("<br/>", "\n")
    xml = f"<msg><appmsg><title>两人的聊天记录</title><des>阿石: 早上好</des><type>{app_type}</type><recorditem>{held}</recorditem></appmsg></msg>"
    wire = {"MsgId": "1", "FromUserName": "@a", "ToUserName": "@me", "MsgType": 49, "Content": escape(xml)}
    return parse_message(json.dumps(wire).encode(), "@me")


@pytest.mark.parametrize("cdata", [True, False])
def test_every_kind_of_entry_is_told(cdata: bool) -> None:
    """None is silent, whichever way the list is written."""
    message = record("".join(LETTER.format(number, body) for number, body, _ in ITEMS), cdata=cdata)
    assert isinstance(message, m.Record)
    assert len(message.items) == len(ITEMS)
    assert [text for depth, text in entries(message) if depth == 0] == [said for _, _, said in ITEMS]


@pytest.mark.parametrize("cdata", [True, False])
def test_a_record_inside_a_record_stays_inside(cdata: bool) -> None:
    """Its entries belong to the entry that holds them, at every depth."""
    body = INSIDE if cdata else escape(INSIDE).replace("<br/>", "\n")
    message = record(LETTER.format(17, f"<datatitle>里面</datatitle><recordxml>{body}</recordxml>"))
    assert isinstance(message, m.Record)
    (outer,) = message.items
    assert [i.text or i.title for i in outer.items] == ["深处的话", "更里面"]
    assert [i.text for i in outer.items[1].items] == ["最深的话"]
    assert full(message).split("\n")[1:] == [
        "  阿石: [聊天记录] 里面",
        "    小溪: 深处的话",
        "    [聊天记录] 更里面",
        "      青苔: 最深的话",
    ]


def test_a_record_is_bounded() -> None:
    """However deep and however long somebody makes one."""
    deep = "<dataitem datatype='1'><datadesc>x</datadesc></dataitem>"
    for _ in range(40):
        deep = f"<dataitem datatype='17'><recordxml><datalist>{deep}</datalist></recordxml></dataitem>"
    message = record(deep)
    assert isinstance(message, m.Record)
    assert 1 < len(entries(message)) < 20
    wide = record("<dataitem datatype='1'><datadesc>x</datadesc></dataitem>" * 3000)
    assert isinstance(wide, m.Record)
    assert len(wide.items) == 1000


def test_a_record_that_was_cut_tells_what_is_left() -> None:
    """As does one without a list."""
    whole = LETTER.format(1, "<datadesc>早上好</datadesc>") + '<dataitem datatype="7" '
    message = record(whole)
    assert isinstance(message, m.Record)
    assert message.items[0].text == "早上好"
    assert full(record(""), "en").split("\n") == ["[chat history] 两人的聊天记录", "  阿石: 早上好"]


@pytest.mark.parametrize("language", ["zh", "en", "zh-TW"])
def test_inner_words_are_found(language: LanguageTag) -> None:
    """By search, and in every language's text."""
    message = record(LETTER.format(17, f"<recordxml>{INSIDE}</recordxml>"))
    assert "最深的话" in full(message, language)
    assert fold("最深的话") in searched_text(MessageReceived(message=message))


def test_a_command_nobody_knows_tells_all_its_words() -> None:
    """Not only those of the first element that one would expect words in."""
    xml = "<sysmsg type='tomorrow'><tomorrow><text>第一句</text><hint>第二句</hint><id>77</id></tomorrow></sysmsg>"
    wire = {"MsgId": "1", "FromUserName": "@a", "ToUserName": "@me", "MsgType": 10002, "Content": escape(xml)}
    message = parse_message(json.dumps(wire).encode(), "@me")
    assert isinstance(message, m.Notice)
    assert full(message) == "[第一句 · hint: 第二句]"


def test_a_known_kind_without_its_words_tells_those_it_has() -> None:
    """A link without title, whose words stand where no link has them."""
    xml = "<msg><appmsg><type>33</type><title/><other><say>山那边</say></other></appmsg></msg>"
    wire = {"MsgId": "1", "FromUserName": "@a", "ToUserName": "@me", "MsgType": 49, "Content": escape(xml)}
    message = parse_message(json.dumps(wire).encode(), "@me")
    assert isinstance(message, m.AppMessage)
    assert message.parts == (("say", "山那边"),)


def test_no_words_of_an_unknown_kind_are_lost() -> None:
    """Of any number that a server may send tomorrow, as message or as app."""
    wire = {"MsgId": "1", "FromUserName": "@a", "ToUserName": "@me", "MsgType": 777}
    xml = "<msg><x id='3'><say>雨停了</say><key>aaaabbbbccccddddeeee</key></x></msg>"
    message = parse_message(json.dumps(wire | {"Content": escape(xml)}).encode(), "@me")
    assert isinstance(message, m.Unknown)
    assert message.parts == (("say", "雨停了"),)
    assert "say: 雨停了" in full(message)
    plain = parse_message(json.dumps(wire | {"Content": "只有话"}).encode(), "@me")
    assert "只有话" in full(plain)
