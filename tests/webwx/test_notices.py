"""Sentences of the service and the events they tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.model.notices import (
    SELF,
    FriendAdded,
    GroupJoined,
    GroupRenamed,
    LiveLocationEnded,
    MemberRemoved,
    NotAFriend,
    NoticeEvent,
    Nudged,
    OwnerChanged,
    RedPacketNotice,
    SafetyHint,
    SendBlocked,
    SendTooFast,
)
from hongyan.webwx.names import split_names
from hongyan.webwx.notices import is_withheld, read_accepted, read_notice, recaller

SENTENCES: list[tuple[str, NoticeEvent | None]] = [
    ('你邀请"X、Y"加入了群聊  ', GroupJoined(inviter=SELF, joined=("X", "Y"))),
    ('你邀请"X"加入了群聊  $revoke$', GroupJoined(inviter=SELF, joined=("X",))),
    ('"A"邀请"B"加入了群聊', GroupJoined(inviter="A", joined=("B",))),
    ('"A"邀請"B"加入了群組', GroupJoined(inviter="A", joined=("B",))),
    ('"A"邀请你加入了群聊', GroupJoined(inviter="A", joined=(SELF,))),
    (
        '"A"邀请你加入了群聊，群聊参与人还有：B、C',
        GroupJoined(inviter="A", joined=(SELF,), already_there=("B", "C")),
    ),
    ('"A"邀请你和"B、C"加入了群聊', GroupJoined(inviter="A", joined=(SELF, "B", "C"))),
    ("You invited X to the group chat.   ", GroupJoined(inviter=SELF, joined=("X",))),
    ("A invited B, C to the group chat", GroupJoined(inviter="A", joined=("B", "C"))),
    ('"A" invited "B" to the group chat', GroupJoined(inviter="A", joined=("B",))),
    ("A invited you to a group chat with ", GroupJoined(inviter="A", joined=(SELF,))),
    (
        "A invited you to a group chat with B, C",
        GroupJoined(inviter="A", joined=(SELF,), already_there=("B", "C")),
    ),
    ("A invited B、C to the group chat", GroupJoined(inviter="A", joined=("B", "C"))),
    ("A invited B、C, D to the group chat", GroupJoined(inviter="A", joined=("B、C", "D"))),
    ('"A"邀请"B, C"加入了群聊', GroupJoined(inviter="A", joined=("B, C",))),
    (
        "A invited you to a group chat with B、C, D",
        GroupJoined(inviter="A", joined=(SELF,), already_there=("B、C", "D")),
    ),
    ("A invited you and B、C, D to the group chat", GroupJoined(inviter="A", joined=(SELF, "B、C", "D"))),
    ("A invited you and B to the group chat", GroupJoined(inviter="A", joined=(SELF, "B"))),
    ('"X"通过扫描你分享的二维码加入群聊', GroupJoined(inviter=SELF, joined=("X",), by_qr=True)),
    ('" X、Z"通过扫描"A"分享的二维码加入群聊', GroupJoined(inviter="A", joined=("X、Z",), by_qr=True)),
    (
        '"X" joined group chat via the QR code you shared.',
        GroupJoined(inviter=SELF, joined=("X",), by_qr=True),
    ),
    (
        '"X" joined the group chat via the QR Code shared by "A".',
        GroupJoined(inviter="A", joined=("X",), by_qr=True),
    ),
    (
        '"X" joined the group chat via your shared QR Code.',
        GroupJoined(inviter=SELF, joined=("X",), by_qr=True),
    ),
    ("You've invited X to the group chat.", GroupJoined(inviter=SELF, joined=("X",))),
    ('"A" invited "B" and "C" to the group chat', GroupJoined(inviter="A", joined=("B", "C"))),
    ('"A"邀请"B"、"C、D"加入了群聊', GroupJoined(inviter="A", joined=("B", "C、D"))),
    (
        '"A" invited you to join the group chat with "B" and "C"',
        GroupJoined(inviter="A", joined=(SELF,), already_there=("B", "C")),
    ),
    ("你无法邀请未添加你为好友的用户进去群聊，请先发送朋友验证申请。通过验证后，才能加入群聊。", None),
    (
        "你通过扫描二维码加入群聊，群聊参与人还有：A、B",
        GroupJoined(joined=(SELF,), by_qr=True, already_there=("A", "B")),
    ),
    ("You've joined this group chat.", GroupJoined(joined=(SELF,))),
    ('你将"X"移出了群聊', MemberRemoved(remover=SELF, removed=("X",))),
    ('你被"A"移出群聊', MemberRemoved(remover="A", removed=(SELF,))),
    ('"A"将"B"移出了群聊', MemberRemoved(remover="A", removed=("B",))),
    ('You removed "X" from the group chat', MemberRemoved(remover=SELF, removed=("X",))),
    ("你已被移出群聊", MemberRemoved(remover="", removed=(SELF,))),
    ('You\'ve been removed from the group chat by "A".', MemberRemoved(remover="A", removed=(SELF,))),
    ("You were removed from the group chat", MemberRemoved(remover="", removed=(SELF,))),
    ('You were removed from the group chat by "A"', MemberRemoved(remover="A", removed=(SELF,))),
    ('"X"修改群名为“T”', GroupRenamed(by="X", new_name="T")),
    ("你修改群名为“T“”", GroupRenamed(by=SELF, new_name="T“")),
    ('"X"變更群組名稱為「T」', GroupRenamed(by="X", new_name="T")),
    ("你修改群組名稱為「T」", GroupRenamed(by=SELF, new_name="T")),
    ('"X" changed the group name to "T"', GroupRenamed(by="X", new_name="T")),
    ("你已成为新群主", OwnerChanged(new_owner=SELF)),
    ('"X"已成为新群主', OwnerChanged(new_owner="X")),
    ("你已添加了X，现在可以开始聊天了。", FriendAdded(nickname="X")),
    ("You have added X.Y as your WeChat contact. Start chatting!", FriendAdded(nickname="X.Y")),
    ("X刚刚把你添加到通讯录，现在可以开始聊天了。", FriendAdded(nickname="X", by_me=False)),
    ("X剛剛將您新增至通訊錄", FriendAdded(nickname="X", by_me=False)),
    (
        "X just added you to his/her contacts list. Send a message to him/her now!",
        FriendAdded(nickname="X", by_me=False),
    ),
    ("X开启了朋友验证，你还不是他（她）朋友。", NotAFriend(nickname="X")),
    (
        '陈, .。 has enabled Friend Confirmation. <a href="weixin://x">[Send]</a> to chat.',
        NotAFriend(nickname="陈, .。"),
    ),
    ("消息已发出，但被对方拒收了。", SendBlocked()),
    ("操作过于频繁，可稍后再试。", SendTooFast()),
    ("收到红包，请在手机上查看", RedPacketNotice(way="received")),
    ("发出红包，请在手机上查看", RedPacketNotice(way="sent")),
    ('"X"领取了你的红包', RedPacketNotice(way="opened", by="X", sender=SELF)),
    ('你领取了"X"的红包', RedPacketNotice(way="opened", by=SELF, sender="X")),
    ("位置共享已经结束", LiveLocationEnded()),
    ('"A" 拍了拍 "B"', Nudged(by="A", target="B")),
    ('"A" 拍了拍我', Nudged(by="A", target=SELF)),
    ("如果陌生人主动添加你为朋友，请谨慎核实对方身份。", SafetyHint()),
    ("以上是打招呼的内容", None),
    ("", None),
]


@pytest.mark.parametrize(("sentence", "event"), SENTENCES, ids=[s for s, _ in SENTENCES])
def test_a_sentence_tells_its_event(sentence: str, event: NoticeEvent | None) -> None:
    """In both scripts and in English, with every kind of quote."""
    assert read_notice(sentence) == event


def test_a_quoted_pronoun_is_a_name() -> None:
    """Somebody may be called "you"."""
    assert read_notice('"你"邀请"我"加入了群聊') == GroupJoined(inviter="你", joined=("我",))


def test_the_mark_of_oneself_cannot_be_forged() -> None:
    """A nickname equal to the mark gets other brackets."""
    assert read_notice(f'"{SELF}"修改群名为“T”') == GroupRenamed(by="‹self›", new_name="T")


def test_true_lists_of_names_win_over_the_text() -> None:
    """Where ids prove how many there are."""
    event = read_notice('"A"邀请"B、C"加入了群聊', {"B、C": ("B、C",)})
    assert event == GroupJoined(inviter="A", joined=("B、C",))


@pytest.mark.parametrize(
    ("text", "ids", "names"),
    [
        ("a、b", ["1", "2"], ("a", "b")),
        ("a、b、c", ["1", "2"], ("a、b", "c")),
        ("x、john、smith", ["wxid_1", "johnsmith"], ("x", "john、smith")),
        ("a、b, c", ["1", "2"], ("a、b", "c")),
        ("a", ["1", "2"], ("a",)),
        ("、".join("abcdefghijklmnop"), ["1", "2"], ("、".join("abcdefghijklmno"), "p")),
    ],
)
def test_joined_names_are_split_by_the_number_of_ids(
    text: str, ids: list[str], names: tuple[str, ...]
) -> None:
    """A name may hold the separator; among the ways to split, likeness to the ids decides."""
    assert split_names(text, ids) == names


@pytest.mark.parametrize(
    ("notice", "who"),
    [
        ('"X" 撤回了一条消息', "X"),
        ("你撤回了一条消息", SELF),
        ('"X" has recalled a message.', "X"),
        ("You recalled a message", SELF),
        ("You've recalled a message", SELF),
        ("你已收回一則訊息", SELF),
        ("", ""),
        ("something", ""),
    ],
)
def test_who_took_a_message_back(notice: str, who: str) -> None:
    """By the notice, which is all there is."""
    assert recaller(notice) == who


def test_standard_sentences_are_told_from_ordinary_text() -> None:
    """Only the exact beginnings count."""
    assert read_accepted("I've accepted your friend request. Now let's chat!")
    assert not read_accepted("I think I've accepted your friend request")
    assert is_withheld("This type of message is not supported on Web WeChat. View it on your phone.")
    assert is_withheld("[该类型暂不支持，请在手机上查看]")
    assert not is_withheld("supported")


@given(st.text('"“”你我邀请将移出群聊,、 invitedtogroupchat', max_size=300))
def test_no_sentence_raises(sentence: str) -> None:
    """Whatever names people choose."""
    read_notice(sentence)
    recaller(sentence)
