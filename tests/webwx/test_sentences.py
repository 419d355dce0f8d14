"""Forms of sentences with names in them: whole or not at all, whatever people are called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.model.notices import (
    SELF,
    GroupJoined,
    GroupRenamed,
    GroupSetting,
    InvitationSent,
    JoinRequested,
    MemberLeft,
    MemberRemoved,
    NoticeEvent,
    Nudged,
    OwnerChanged,
    SafetyHint,
)
from hongyan.webwx.notices import read_accepted, read_notice, recaller
from hongyan.webwx.sentences import Form, SlotText

ANA, ME = "安娜", SELF


@pytest.mark.parametrize(
    ("sentence", "event"),
    [
        ('"安娜"invited you to the group chat', GroupJoined(inviter=ANA, joined=(ME,))),
        (
            "“安娜”invited you to a group chat with 石头、鱼、Zed",
            GroupJoined(inviter=ANA, joined=(ME,), already_there=("石头", "鱼", "Zed")),
        ),
        (
            '"安娜" invited "石头","鱼" and "Zed" to the group chat.',
            GroupJoined(inviter=ANA, joined=("石头", "鱼", "Zed")),
        ),
        (
            '" 安娜" joined the group chat via "石头" shared QR Code.',
            GroupJoined(inviter="石头", joined=(ANA,), by_qr=True),
        ),
        (
            '"安娜" joined the group chat via 石头\'s QR code',
            GroupJoined(inviter="石头", joined=(ANA,), by_qr=True),
        ),
        (
            '"安娜"透過掃描"石头"分享的行動條碼加入群組',
            GroupJoined(inviter="石头", joined=(ANA,), by_qr=True),
        ),
        ('"安娜"通过"石头"分享的二维码加入了群聊', GroupJoined(inviter="石头", joined=(ANA,), by_qr=True)),
        ('"安娜"通过扫描群二维码加入群聊', GroupJoined(joined=(ANA,), by_qr=True)),
        ('你邀请"安娜"加入了群聊，请注意隐私安全', GroupJoined(inviter=ME, joined=(ANA,))),
        (
            "You've joined this group chat. Other participants are: A, B",
            GroupJoined(joined=(ME,), already_there=("A", "B")),
        ),
        ('"石头"被"安娜"移出了群聊', MemberRemoved(remover=ANA, removed=("石头",))),
        ('"安娜"退出了群聊', MemberLeft(left=(ANA,))),
        ('"安娜"加入了群聊', GroupJoined(joined=(ANA,))),
        ('"安娜" joined the group chat.', GroupJoined(joined=(ANA,))),
        ('"安娜"通过"石头"的邀请加入群聊', GroupJoined(inviter="石头", joined=(ANA,))),
        ('You were invited to the group chat by "安娜"', GroupJoined(inviter=ANA, joined=(ME,))),
        ('"石头" was invited to the group chat by "安娜".', GroupJoined(inviter=ANA, joined=("石头",))),
        ('"安娜"已将群主转让给"石头"', OwnerChanged(new_owner="石头")),
        ("安娜已将群主转让给你", OwnerChanged(new_owner=ME)),
        ('"安娜"已將群組名稱變更為「茶」', GroupRenamed(by=ANA, new_name="茶")),
        ('"安娜" removed you from the group chat', MemberRemoved(remover=ANA, removed=(ME,))),
        ('"安娜" left the group chat', MemberLeft(left=(ANA,))),
        ('"安娜"拍了拍自己', Nudged(by=ANA, target=ANA)),
        ('"安娜" tickled herself', Nudged(by=ANA, target=ANA)),
        ("你拍了拍自己", Nudged(by=ME, target=ME)),
        ('"安娜" 拍了拍 "石头" 的脑袋', Nudged(by=ANA, target="石头")),
    ],
)
def test_the_sentences_of_groups(sentence: str, event: NoticeEvent) -> None:
    """With and without blanks behind quotes, both separators, other orders of words."""
    assert read_notice(sentence) == event


@pytest.mark.parametrize(
    ("sentence", "event"),
    [
        ('"安娜"想邀请1位朋友加入群聊  去确认', JoinRequested(by=ANA, count=1)),
        ("安娜想邀请3位朋友加入群聊", JoinRequested(by=ANA, count=3)),
        ('"安娜" wants to invite 2 friends to the group chat. Confirm', JoinRequested(by=ANA, count=2)),
        (
            '你邀请"安娜"加入群聊的请求已发送，等待群主确认',
            JoinRequested(by=ME, invited=(ANA,), count=1),
        ),
        ('"安娜"申请加入群聊', JoinRequested(by=ANA, invited=(ANA,), count=1)),
        ('"安娜"通过扫描"石头"分享的二维码申请加入群聊', JoinRequested(by=ANA, invited=(ANA,), count=1)),
        ('"安娜" applied to join the group chat', JoinRequested(by=ANA, invited=(ANA,), count=1)),
        ('邀请已发送给"安娜"，等待对方确认', InvitationSent()),
        ('"安娜"拒绝"石头"加入了群聊', None),
        ('"安娜"阻止了"石头"加入群聊', None),
        ("群聊人数超过100人，邀请已发出，等待对方同意", InvitationSent()),
        ("More than 100 members. The invitation has been sent.", InvitationSent()),
        ('"安娜"与群里其他人都不是微信朋友关系，请注意隐私安全', SafetyHint()),
        ('Note: "安娜" is not friends with anyone else in this group chat.', SafetyHint()),
        (
            "群主已启用“群聊邀请确认”，群成员需群主确认才能邀请朋友进群。",
            GroupSetting(setting="群聊邀请确认"),
        ),
        ("群主已恢复默认进群方式。", GroupSetting(setting="默认进群方式", on=False)),
        ('"安娜"邀请"石头"加入群聊失败', None),
        ('你拒绝了"安娜"邀请"石头"加入群聊', None),
        ("安娜没有邀请石头加入群聊", None),
        ('"安娜"邀请"石头"加入了群聊吗', None),
        ("你无法邀请安娜加入群聊", None),
        ('"安娜"无法加入群聊', None),
        ('He said "安娜" joined the group chat via your QR code yesterday', None),
    ],
)
def test_what_is_no_join_is_read_as_none(sentence: str, event: NoticeEvent | None) -> None:
    """Requests, invitations, hints, settings and failures hold the words of a join; a greeter must not see one."""
    assert read_notice(sentence) == event


@pytest.mark.parametrize("quotes", ['""', "“”", "「」", "『』"])
@pytest.mark.parametrize(
    "name",
    [
        "邀请",
        "加入了群聊",
        "想邀请你",
        "邀请已发出",
        "与群里其他人",
        'a"b',
        "你",
        "a“b”c",
        "被移出群聊",
        " x ",
        "joined",
    ],
)
def test_names_may_hold_the_words_of_the_sentence(name: str, quotes: str) -> None:
    """Quotes, separators, blanks and the grammar's own words inside quotes belong to the name."""
    one, other = quotes[0], quotes[1]
    sentence = f"{one}{name}{other}邀请{one}石头{other}加入了群聊"
    assert read_notice(sentence) == GroupJoined(inviter=name, joined=("石头",))
    assert read_notice(f"{one}石头{other}邀请{one}{name}{other}加入了群聊") == GroupJoined(
        inviter="石头", joined=(name,)
    )


@given(
    st.lists(
        st.text(st.characters(exclude_characters="\"“”„「『」』＂'‘’、\n<>"), min_size=1, max_size=12),
        min_size=1,
        max_size=5,
    ),
)
def test_any_names_without_quotes_come_out_as_they_went_in(names: list[str]) -> None:
    """One to many, blanks kept."""
    joined = "、".join(names)
    if joined != joined.strip() or "$revoke$" in joined or any("<" in n for n in names):
        return
    event = read_notice(f'"安娜"邀请"{joined}"加入了群聊')
    assert event == GroupJoined(inviter=ANA, joined=tuple(names))


def test_a_form_takes_the_whole_sentence() -> None:
    """Not its beginning, and no words behind a quoted name."""
    form = Form("<who>来了")
    assert form.match('"安娜"来了') == {"who": SlotText("安娜", quoted=True)}
    assert form.match(" 安娜 来了") == {"who": SlotText("安娜", quoted=False)}
    assert form.match('"安娜"来了吗') is None
    assert form.match('"安娜"没来了') is None


def test_an_accepted_request_is_told_whole() -> None:
    """A text that only begins like the standard sentence is a text."""
    assert read_accepted("我通过了你的朋友验证请求，现在我们可以开始聊天了")
    assert not read_accepted("我通过了你的朋友验证请求，快把验证码发给我")
    assert not read_accepted("I've accepted your friend request. Send me the code")


def test_who_took_back_is_a_name_with_its_quotes() -> None:
    """A name may hold the words of the notice."""
    assert recaller('"撤回了一条消息" 撤回了一条消息') == "撤回了一条消息"
    assert recaller('"a"b" has recalled a message.') == 'a"b'
    assert recaller('你撤回了成员"安娜"的一条消息') == SELF
