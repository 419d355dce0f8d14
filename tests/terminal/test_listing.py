"""Lists are aligned in cells, numbered, and harmless."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hongyan.client.account import Chat
from hongyan.model.contacts import Contact, ContactKind, Member
from hongyan.model.display_text import cells, clean
from hongyan.model.ids import ChatKey, TransientName
from hongyan.terminal.listing import chat_lines, chat_values, columns, member_lines, member_values
from hongyan.terminal.strings.language import Language


def _chat(contact: Contact) -> Chat:
    chat = Chat.__new__(Chat)
    chat.key = ChatKey("chat-1")
    chat.contact = contact
    chat.name = contact.shown
    chat.is_group = contact.is_group
    return chat


WANG = _chat(
    Contact(
        name=TransientName("@w"),
        kind=ContactKind.FRIEND,
        nickname="隔壁老王",
        remark="老王",
        city="上海",
        pinned=True,
    )
)
PERL = _chat(
    Contact(
        name=TransientName("@@p"),
        kind=ContactKind.GROUP,
        nickname="Perl 学习交流",
        member_count=38,
        muted=True,
    )
)
BAD = _chat(
    Contact(name=TransientName("@b"), kind=ContactKind.STRANGER, nickname="\x1b[2J坏\n人\u202e" + "长" * 40)
)


def test_chats_stand_in_columns() -> None:
    """Numbers, names, kinds and remarks begin at the same cell, whatever the names are written in."""
    assert chat_lines([WANG, PERL], Language.ZH) == [
        "#1  老王           好友     隔壁老王, 上海, 置顶",
        "#2  Perl 学习交流  群 (38)  免打扰",
    ]
    assert chat_lines([PERL], Language.EN) == ["#1  Perl 学习交流  group (38)  muted"]


def test_a_hostile_name_stays_in_its_column() -> None:
    """Escaped, on one line, cut to a bearable width."""
    (line,) = chat_lines([BAD], Language.EN)
    assert line.startswith("#1  \\x1b[2J坏 人\\u202e长")
    assert "…" in line
    assert cells(line.partition("  stranger")[0]) <= 4 + 32


def test_lists_are_values_for_programs() -> None:
    """Names are whole and decoded in JSON; the transient name is left out."""
    (value,) = chat_values([WANG])
    assert (value["key"], value["name"], value["kind"], value["pinned"]) == ("chat-1", "老王", "friend", True)
    assert "@w" not in value.values()


def test_members_show_the_name_of_the_group_first() -> None:
    """The nickname stands behind it where it differs; before both stands the remark, as in the history."""
    grey = Member(name=TransientName("@1"), nickname="灰太狼")
    blue = Member(name=TransientName("@2"), nickname="小蓝", display_name="蓝老师")
    members = [(grey, ""), (blue, ""), (grey, "老狼"), (blue, "蓝姐")]
    assert member_lines(members) == [
        "#1  灰太狼",
        "#2  蓝老师  小蓝",
        "#3  老狼    灰太狼",
        "#4  蓝姐    蓝老师, 小蓝",
    ]
    assert member_values(members)[3] == {
        "name": "蓝老师",
        "nickname": "小蓝",
        "display_name": "蓝老师",
        "remark": "蓝姐",
    }


def test_an_empty_list_has_no_lines() -> None:
    """Nothing to align."""
    assert columns([]) == []
    assert member_lines([]) == []


@given(st.lists(st.tuples(st.text("ab老王👨‍👩‍👧", max_size=9), st.text("x王", max_size=3)), max_size=6))
def test_second_columns_begin_at_one_cell(rows: list[tuple[str, str]]) -> None:
    """Whatever stands in the first column, the second one is straight."""
    lines = columns([(clean(first), f"|{clean(second)}") for first, second in rows])
    assert len({cells(line[: line.index("|")]) for line in lines}) <= 1
