"""Sentences of the service read as events: what the forms of ``wordings`` mean; it knows no XML.

A sentence matches whole or not at all: one that no form knows to its end is no
event, its text is all there is. So a request to join is never read as a join because it contains the words of one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from hongyan.model.notices import (
    SELF,
    FriendAccepted,
    FriendAdded,
    GroupJoined,
    GroupRenamed,
    GroupSetting,
    InvitationSent,
    JoinRequested,
    LiveLocationEnded,
    MemberLeft,
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
from hongyan.model.numbers import whole
from hongyan.webwx.markup import plain
from hongyan.webwx.names import split_names
from hongyan.webwx.sentences import Form, Said, split_quoted
from hongyan.webwx.wordings import CHINESE, ENGLISH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["is_withheld", "read_accepted", "read_notice", "recaller"]

_LONGEST: Final = 4096  # what is longer is not a sentence of the service
_LONGEST_STANDARD: Final = (
    160  # characters of a standard sentence without names, whatever stands behind its beginning
)

_SELF_WORDS: Final = frozenset({"你", "您", "我", "i", "you", "your", "me"})
_REFLEXIVE: Final = frozenset({"自己", "himself", "herself", "themselves", "themself", "yourself", "myself"})
# No person has such a name without quotes; a word of will or failure before the verb makes it another sentence.
_UNDONE: Final = re.compile(
    r"(?:想|想要|请求|請求|申请|申請|无法|無法|不能|未能|不可|拒绝|拒絕|没有|沒有|正在|准备|準備"
    r"|wants?|not|n['’]t|refused|declined|asked|would like|trying)\Z",
    re.IGNORECASE,
)
_QUOTES: Final = re.compile('["“”„「」『』＂]')
_COUNTED: Final = re.compile(
    r"(?P<count>\d{1,4}|an?|some|several|一|几|幾|多)\s?(?:位|名|个|個)?\s?(?:朋友|好友|成员|成員|人|friends?|people|persons?|members?|contacts?)"
    r"(?:\(s\))?",
    re.IGNORECASE,
)


class _Told(NamedTuple):
    """The slots of a sentence, with what is known of its names beside it."""

    slots: Mapping[str, Said]
    names: Mapping[str, tuple[str, ...]]
    ids: tuple[str, ...]
    english: bool

    def person(self, slot: str) -> str:
        """Return one person's name, SELF for a bare pronoun, empty where the slot is."""
        said = self.slots.get(slot)
        if said is None or not said.text:
            return ""
        if not said.quoted and said.text.lower() in _SELF_WORDS:
            return SELF
        return _name(self.words(slot))

    def words(self, slot: str) -> str:
        """Return the text of a slot."""
        text = self.slots[slot].text if slot in self.slots else ""
        true = self.names.get(text) or self.names.get(text.strip())
        return "、".join(true) if true else text

    def people(self, slot: str) -> tuple[str, ...]:
        """Return the names of a list, split as ids or its language say."""
        said = self.slots.get(slot)
        if said is None or not said.text:
            return ()
        if not said.quoted and said.text.lower() in _SELF_WORDS:
            return (SELF,)
        if true := self.names.get(said.text) or self.names.get(said.text.strip()):
            return tuple(_name(n) for n in true)
        quoted = split_quoted(said.text) if said.quoted else [said.text]
        if len(quoted) > 1:
            return tuple(_name(n) for n in quoted)
        if self.ids:
            return tuple(_name(n) for n in split_names(said.text, self.ids))
        # In English both separators occur; with both in one list, the names hold the Chinese one.
        separator = ", " if self.english and ", " in said.text else "、"
        return tuple(_name(n) for n in said.text.split(separator) if n)


def _name(text: str) -> str:
    """Return a name; a forged mark of oneself gets other brackets."""
    return text.replace("<", "‹").replace(">", "›") if text.strip() == SELF else text


def _bare(said: Said | None) -> str:
    return said.text if said is not None and not said.quoted else ""


def _undone(told: _Told) -> bool:
    """Whether what stands where the bare name should be makes it another sentence."""
    who = _bare(told.slots.get("who"))
    return _UNDONE.search(who) is not None or len(_QUOTES.findall(who)) > 1


def _joined(told: _Told) -> NoticeEvent | None:
    """A member invited others."""
    if _undone(told) or _COUNTED.fullmatch(_bare(told.slots["whom"])):
        return None
    return GroupJoined(inviter=told.person("who"), joined=told.people("whom"))


def _joined_me(told: _Told) -> NoticeEvent | None:
    if _undone(told):
        return None
    return GroupJoined(
        inviter=told.person("who"),
        joined=(SELF, *told.people("with")),
        already_there=told.people("others"),
    )


def _came_myself(told: _Told) -> NoticeEvent:
    return GroupJoined(joined=(SELF,), already_there=told.people("others"))


def _scanned_myself(told: _Told) -> NoticeEvent:
    return GroupJoined(
        inviter=told.person("by"), joined=(SELF,), by_qr=True, already_there=told.people("others")
    )


def _scanner(told: _Told) -> tuple[str, ...]:
    """Return who scanned: one person, so never a list; one blank behind the opening quote is the sentence's own."""
    said = told.slots["who"]
    if true := told.names.get(said.text.strip()):
        return tuple(_name(n) for n in true)
    if said.quoted:
        return (_name(said.text.removeprefix(" ")),)
    return (told.person("who"),)


def _scanned(told: _Told) -> NoticeEvent | None:
    if _undone(told):
        return None
    return GroupJoined(inviter=told.person("by"), joined=_scanner(told), by_qr=True)


def _scanned_mine(told: _Told) -> NoticeEvent:
    return GroupJoined(inviter=SELF, joined=_scanner(told), by_qr=True)


def _asked_to_invite(told: _Told) -> NoticeEvent:
    """The owner is asked, or this account asked the owner: no one has joined yet."""
    whom, by = told.slots["whom"], told.person("who") if "who" in told.slots else SELF
    if counted := _COUNTED.fullmatch(whom.text.strip()):
        count = counted["count"]
        number = whole(count) if count.isascii() and count.isdigit() else 1 if count in "一aAanAN" else 0
        return JoinRequested(by=by, count=number)
    invited = told.people("whom")
    return JoinRequested(by=by, invited=invited, count=len(invited))


def _asked_to_join(told: _Told) -> NoticeEvent:
    who = told.person("who")
    return JoinRequested(by=who, invited=(who,), count=1)


def _setting(*, on: bool) -> Callable[[_Told], NoticeEvent]:
    def read(told: _Told) -> NoticeEvent:
        by = "" if _bare(told.slots["who"]).lower() in _ROLES else told.person("who")
        return GroupSetting(by=by, setting=told.words("name"), on=on)

    return read


_ROLES: Final = frozenset(
    {
        "群主", "管理员", "管理員", "群管理员", "群管理員", "群主或管理员", "群主或管理員", "群組管理者",
        "group owner", "the group owner", "owner", "the owner", "admin", "the admin", "group admin", "the group admin",
    }
)  # fmt: skip


def _packet_taken(told: _Told) -> NoticeEvent:
    by = told.person("who")
    sender = by if _bare(told.slots["sender"]).lower() in _REFLEXIVE else told.person("sender")
    return RedPacketNotice(way="opened", by=by, sender=sender)


def _joined_by(told: _Told) -> NoticeEvent | None:
    """One person came by the invitation of another."""
    if _undone(told):
        return None
    return GroupJoined(inviter=told.person("by"), joined=(told.person("who"),))


def _came(told: _Told) -> NoticeEvent | None:
    """A person came, and the sentence says nothing more; other quotes in it are words of another sentence."""
    if not told.slots["who"].quoted or _QUOTES.search(told.slots["who"].text):
        return None
    return GroupJoined(joined=(told.person("who"),))


def _removed(told: _Told) -> NoticeEvent | None:
    if "who" not in told.slots:
        return MemberRemoved(remover=told.person("by"), removed=told.people("whom"))
    if _undone(told) or _COUNTED.fullmatch(_bare(told.slots["whom"])):
        return None
    return MemberRemoved(remover=told.person("who"), removed=told.people("whom"))


def _nudged_oneself(told: _Told) -> NoticeEvent:
    who = told.person("who")
    return Nudged(by=who, target=who)


def _always(event: NoticeEvent) -> Callable[[_Told], NoticeEvent]:
    return lambda _told: event


_READERS: Final[Mapping[str, Callable[[_Told], NoticeEvent | None]]] = {
    "asked-to-invite": _asked_to_invite,
    "asked-to-join": _asked_to_join,
    "invitation-sent": _always(InvitationSent()),
    "setting-on": _setting(on=True),
    "setting-off": _setting(on=False),
    "hint": _always(SafetyHint()),
    "joined-me": _joined_me,
    "joined": _joined,
    "joined-by": _joined_by,
    "came": _came,
    "scanned-myself": _scanned_myself,
    "came-myself": _came_myself,
    "scanned": _scanned,
    "scanned-mine": _scanned_mine,
    "removed-me": lambda told: MemberRemoved(remover=told.person("by"), removed=(SELF,)),
    "removed": _removed,
    "left": lambda told: MemberLeft(left=(told.person("who"),)),
    "renamed": lambda told: GroupRenamed(by=told.person("who"), new_name=told.words("name")),
    "owner": lambda told: OwnerChanged(new_owner=told.person("who")),
    "owner-given": lambda told: OwnerChanged(new_owner=told.person("target")),
    "owner-me": _always(OwnerChanged(new_owner=SELF)),
    "added": lambda told: FriendAdded(nickname=told.person("nick")),
    "added-me": lambda told: FriendAdded(nickname=told.person("nick"), by_me=False),
    "no-friend": lambda told: NotAFriend(nickname=told.person("nick")),
    "blocked": _always(SendBlocked()),
    "too-fast": _always(SendTooFast()),
    "packet-received": _always(RedPacketNotice(way="received")),
    "packet-sent": _always(RedPacketNotice(way="sent")),
    "packet-taken": _packet_taken,
    "live-location-ended": _always(LiveLocationEnded()),
    "nudged": lambda told: Nudged(by=told.person("who"), target=told.person("target")),
    "nudged-me": lambda told: Nudged(by=told.person("who"), target=SELF),
    "nudged-oneself": _nudged_oneself,
}
_MAY_BE_EMPTY: Final = frozenset({"others", "name", "by"})
_CHINESE: Final = tuple((Form(spec), _READERS[meaning]) for meaning, spec in CHINESE)
_ENGLISH: Final = tuple((Form(spec), _READERS[meaning]) for meaning, spec in ENGLISH)

_ACCEPTED: Final = re.compile(
    r"(?:我(?:通过了|通過了|已通过|已通過)[你您]的(?:朋友|好友)(?:验证请求|驗證請求|驗證要求|邀請)"
    r"(?:[，,。]\s?(?:现在|現在)[^\n]{0,40})?"
    r"|I(?:['’]ve| have) accepted your friend request(?:[.,!]\s?Now[^\n]{0,40})?)[。.!！]?"
)
_RECALLS: Final = (
    Form(r"<who>已?(?:撤回|收回)了?[^\n]{0,200}"),
    Form(r"<who>(?:['’]ve| has| have)?\s?(?:recalled|unsent) [^\n]{0,200}"),
)
_WITHHELD: Final = (
    "This type of message is not supported on Web WeChat",
    "This message type is not supported",
    "[This message type isn't supported",
    "该类型暂不支持，请在手机上查看",
    "該類型暫不支持，請在手機上查看",
    "暫時不支援該類型，請在手機上查看",
    "暂不支持该类型，请在手机上查看",
    "不支持的消息类型，请在手机上查看",
    "收到一条网页版微信暂不支持的消息类型",
    "收到一條網頁版微信暫不支持的訊息類型",
    "收到一條網頁版微信暫不支援的訊息類型",
    "[收到了一个表情，请在手机上查看]",
    "[收到了一個表情，請在手機上查看]",
    "[Received a sticker. View on phone]",
    "[Send an emoji, view it on mobile]",
)


def read_notice(
    text: str, names: Mapping[str, tuple[str, ...]] | None = None, ids: Sequence[str] = ()
) -> NoticeEvent | None:
    """Return what a decoded sentence of the service means, or None.

    ``names`` gives the true lists of people by the text that stands for them; ``ids`` are the permanent ids of those whom the
    sentence lists, which say how many there are.
    """
    sentence = plain(text)
    if not sentence or len(sentence) > _LONGEST:
        return None
    best: NoticeEvent | None = None
    shortest = len(sentence) + 1
    for form, reader, english in _forms(sentence):
        slots = form.match(sentence)
        if slots is None or any(not s.text for name, s in slots.items() if name not in _MAY_BE_EMPTY):
            continue
        # Where several forms fit, a later name holds the words of another: the first name ends as early as it can.
        length = len(next(iter(slots.values())).text) if form.begins_with_slot else 0
        if length < shortest:
            event = reader(_Told(slots, names or {}, tuple(ids), english))
            if event is not None:
                best, shortest = event, length
    return best


def _forms(sentence: str) -> Iterator[tuple[Form, Callable[[_Told], NoticeEvent | None], bool]]:
    for english, forms in ((False, _CHINESE), (True, _ENGLISH)):
        if not english and sentence.isascii():
            continue
        for form, reader in forms:
            yield form, reader, english


def read_accepted(text: str) -> FriendAccepted | None:
    """Return the event of the sentence with which an accepted friend request travels, as an ordinary text."""
    sentence = text.strip()
    if len(sentence) > _LONGEST_STANDARD:
        return None
    return FriendAccepted() if _ACCEPTED.fullmatch(sentence) else None


def recaller(notice: str) -> str:
    """Return who took a message back, by the notice: a name, SELF, or empty."""
    sentence = notice.strip()
    if not sentence or len(sentence) > _LONGEST:
        return ""
    for form in _RECALLS:
        if slots := form.match(sentence):
            return _Told(slots, {}, (), english=False).person("who")
    return ""


def is_withheld(text: str) -> bool:
    """Whether a text is the service's sentence for what the web cannot show; it comes with and without brackets."""
    sentence = text.strip()
    if len(sentence) > _LONGEST_STANDARD:
        return False
    return sentence.startswith(_WITHHELD) or sentence.lstrip("[【").startswith(_WITHHELD)
