"""Sentences of the service read as events: what the forms of ``wordings`` mean; it knows no XML.

A sentence matches whole or not at all: one that no form matches to its end is not an
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
from hongyan.webwx.sentences import Form, SlotText, split_quoted
from hongyan.webwx.wordings import CHINESE, ENGLISH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["is_withheld", "read_accepted", "read_notice", "recaller"]

_LONGEST: Final = 4096  # a longer text is not a sentence of the service
_LONGEST_STANDARD: Final = (
    160  # characters of a standard sentence without names, whatever stands behind its beginning
)

_SELF_WORDS: Final = frozenset({"你", "您", "我", "i", "you", "your", "me"})
_REFLEXIVE: Final = frozenset({"自己", "himself", "herself", "themselves", "themself", "yourself", "myself"})
# A bare name does not look like this; a word of intent or failure before the verb makes it another sentence.
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


class _Match(NamedTuple):
    """The slots of a sentence, with what is known about its names."""

    slots: Mapping[str, SlotText]
    names: Mapping[str, tuple[str, ...]]
    ids: tuple[str, ...]
    english: bool

    def person(self, slot: str) -> str:
        """Return one person's name, SELF for a bare pronoun, empty where the slot is."""
        filled = self.slots.get(slot)
        if filled is None or not filled.text:
            return ""
        if not filled.quoted and filled.text.lower() in _SELF_WORDS:
            return SELF
        return _name(self.words(slot))

    def words(self, slot: str) -> str:
        """Return the text of a slot, whatever it means."""
        text = self.slots[slot].text if slot in self.slots else ""
        true = self.names.get(text) or self.names.get(text.strip())
        return "、".join(true) if true else text

    def people(self, slot: str) -> tuple[str, ...]:
        """Return the names of a list, split by ids or by the language's separators."""
        filled = self.slots.get(slot)
        if filled is None or not filled.text:
            return ()
        if not filled.quoted and filled.text.lower() in _SELF_WORDS:
            return (SELF,)
        if true := self.names.get(filled.text) or self.names.get(filled.text.strip()):
            return tuple(_name(n) for n in true)
        quoted = split_quoted(filled.text) if filled.quoted else [filled.text]
        if len(quoted) > 1:
            return tuple(_name(n) for n in quoted)
        if self.ids:
            return tuple(_name(n) for n in split_names(filled.text, self.ids))
        # In English both separators occur; with both in one list, the names hold the Chinese one.
        separator = ", " if self.english and ", " in filled.text else "、"
        return tuple(_name(n) for n in filled.text.split(separator) if n)


def _name(text: str) -> str:
    """Return a name; a forged mark of oneself gets other brackets."""
    return text.replace("<", "‹").replace(">", "›") if text.strip() == SELF else text


def _bare(slot: SlotText | None) -> str:
    return slot.text if slot is not None and not slot.quoted else ""


def _undone(match: _Match) -> bool:
    """Whether the text in place of the bare name makes it another sentence."""
    who = _bare(match.slots.get("who"))
    return _UNDONE.search(who) is not None or len(_QUOTES.findall(who)) > 1


def _joined(match: _Match) -> NoticeEvent | None:
    """A member invited others."""
    if _undone(match) or _COUNTED.fullmatch(_bare(match.slots["whom"])):
        return None
    return GroupJoined(inviter=match.person("who"), joined=match.people("whom"))


def _joined_me(match: _Match) -> NoticeEvent | None:
    if _undone(match):
        return None
    return GroupJoined(
        inviter=match.person("who"),
        joined=(SELF, *match.people("with")),
        already_there=match.people("others"),
    )


def _joined_alone_myself(match: _Match) -> NoticeEvent:
    return GroupJoined(joined=(SELF,), already_there=match.people("others"))


def _scanned_myself(match: _Match) -> NoticeEvent:
    return GroupJoined(
        inviter=match.person("by"), joined=(SELF,), by_qr=True, already_there=match.people("others")
    )


def _scanner(match: _Match) -> tuple[str, ...]:
    """Return who scanned: one person, so never a list; one blank behind the opening quote is the sentence's own."""
    name = match.slots["who"]
    if true := match.names.get(name.text.strip()):
        return tuple(_name(n) for n in true)
    if name.quoted:
        return (_name(name.text.removeprefix(" ")),)
    return (match.person("who"),)


def _scanned(match: _Match) -> NoticeEvent | None:
    if _undone(match):
        return None
    return GroupJoined(inviter=match.person("by"), joined=_scanner(match), by_qr=True)


def _scanned_mine(match: _Match) -> NoticeEvent:
    return GroupJoined(inviter=SELF, joined=_scanner(match), by_qr=True)


def _asked_to_invite(match: _Match) -> NoticeEvent:
    """The owner was asked, or this account asked the owner: no one has joined yet."""
    whom, by = match.slots["whom"], match.person("who") if "who" in match.slots else SELF
    if counted := _COUNTED.fullmatch(whom.text.strip()):
        count = counted["count"]
        number = whole(count) if count.isascii() and count.isdigit() else 1 if count in "一aAanAN" else 0
        return JoinRequested(by=by, count=number)
    invited = match.people("whom")
    return JoinRequested(by=by, invited=invited, count=len(invited))


def _asked_to_join(match: _Match) -> NoticeEvent:
    who = match.person("who")
    return JoinRequested(by=who, invited=(who,), count=1)


def _setting(*, on: bool) -> Callable[[_Match], NoticeEvent]:
    def read(match: _Match) -> NoticeEvent:
        by = "" if _bare(match.slots["who"]).lower() in _ROLES else match.person("who")
        return GroupSetting(by=by, setting=match.words("name"), on=on)

    return read


_ROLES: Final = frozenset(
    {
        "群主", "管理员", "管理員", "群管理员", "群管理員", "群主或管理员", "群主或管理員", "群組管理者",
        "group owner", "the group owner", "owner", "the owner", "admin", "the admin", "group admin", "the group admin",
    }
)  # fmt: skip


def _packet_taken(match: _Match) -> NoticeEvent:
    by = match.person("who")
    sender = by if _bare(match.slots["sender"]).lower() in _REFLEXIVE else match.person("sender")
    return RedPacketNotice(way="opened", by=by, sender=sender)


def _joined_by(match: _Match) -> NoticeEvent | None:
    """One person joined at the invitation of another."""
    if _undone(match):
        return None
    return GroupJoined(inviter=match.person("by"), joined=(match.person("who"),))


def _joined_alone(match: _Match) -> NoticeEvent | None:
    """A person joined, and the sentence contains nothing more; other quotes in it belong to another sentence."""
    if not match.slots["who"].quoted or _QUOTES.search(match.slots["who"].text):
        return None
    return GroupJoined(joined=(match.person("who"),))


def _removed(match: _Match) -> NoticeEvent | None:
    if "who" not in match.slots:
        return MemberRemoved(remover=match.person("by"), removed=match.people("whom"))
    if _undone(match) or _COUNTED.fullmatch(_bare(match.slots["whom"])):
        return None
    return MemberRemoved(remover=match.person("who"), removed=match.people("whom"))


def _nudged_oneself(match: _Match) -> NoticeEvent:
    who = match.person("who")
    return Nudged(by=who, target=who)


def _always(event: NoticeEvent) -> Callable[[_Match], NoticeEvent]:
    return lambda _told: event


_READERS: Final[Mapping[str, Callable[[_Match], NoticeEvent | None]]] = {
    "asked-to-invite": _asked_to_invite,
    "asked-to-join": _asked_to_join,
    "invitation-sent": _always(InvitationSent()),
    "setting-on": _setting(on=True),
    "setting-off": _setting(on=False),
    "hint": _always(SafetyHint()),
    "joined-me": _joined_me,
    "joined": _joined,
    "joined-by": _joined_by,
    "came": _joined_alone,
    "scanned-myself": _scanned_myself,
    "came-myself": _joined_alone_myself,
    "scanned": _scanned,
    "scanned-mine": _scanned_mine,
    "removed-me": lambda match: MemberRemoved(remover=match.person("by"), removed=(SELF,)),
    "removed": _removed,
    "left": lambda match: MemberLeft(left=(match.person("who"),)),
    "renamed": lambda match: GroupRenamed(by=match.person("who"), new_name=match.words("name")),
    "owner": lambda match: OwnerChanged(new_owner=match.person("who")),
    "owner-given": lambda match: OwnerChanged(new_owner=match.person("target")),
    "owner-me": _always(OwnerChanged(new_owner=SELF)),
    "added": lambda match: FriendAdded(nickname=match.person("nick")),
    "added-me": lambda match: FriendAdded(nickname=match.person("nick"), by_me=False),
    "no-friend": lambda match: NotAFriend(nickname=match.person("nick")),
    "blocked": _always(SendBlocked()),
    "too-fast": _always(SendTooFast()),
    "packet-received": _always(RedPacketNotice(way="received")),
    "packet-sent": _always(RedPacketNotice(way="sent")),
    "packet-taken": _packet_taken,
    "live-location-ended": _always(LiveLocationEnded()),
    "nudged": lambda match: Nudged(by=match.person("who"), target=match.person("target")),
    "nudged-me": lambda match: Nudged(by=match.person("who"), target=SELF),
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
    """Return the event that a decoded sentence of the service reports, or None.

    ``names`` maps a list of people, as the text that represents it, to the true names; ``ids`` are the permanent ids of the people that the
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
        # Where several forms fit, a later name holds the words of another: the first name ends as early as possible.
        length = len(next(iter(slots.values())).text) if form.begins_with_slot else 0
        if length < shortest:
            event = reader(_Match(slots, names or {}, tuple(ids), english))
            if event is not None:
                best, shortest = event, length
    return best


def _forms(sentence: str) -> Iterator[tuple[Form, Callable[[_Match], NoticeEvent | None], bool]]:
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
            return _Match(slots, {}, (), english=False).person("who")
    return ""


def is_withheld(text: str) -> bool:
    """Whether a text is the service's sentence for what the web cannot show; it comes with and without brackets."""
    sentence = text.strip()
    if len(sentence) > _LONGEST_STANDARD:
        return False
    return sentence.startswith(_WITHHELD) or sentence.lstrip("[【").startswith(_WITHHELD)
