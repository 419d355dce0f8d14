"""Sentences of the service read as events; it knows wordings in Chinese (both scripts) and English, and no XML.

The wordings were collected from captures between 2016 and 2020 and from the patterns of puppet-wechat, vbot, openwechat,
itchat and efb-wechat-slave. A sentence that no pattern knows is no event; its text is all there is.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from hongyan.model.happenings import (
    SELF,
    FriendAccepted,
    FriendAdded,
    GroupJoined,
    GroupRenamed,
    Happening,
    LiveLocationEnded,
    MemberRemoved,
    NotAFriend,
    Nudged,
    OwnerChanged,
    RedPacketNotice,
    SafetyHint,
    SendBlocked,
    SendTooFast,
)
from hongyan.webwx.markup import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Names = Mapping[str, tuple[str, ...]]
    """True lists of names by the text in which they stand joined."""
    _Reader = Callable[[re.Match[str], Names], Happening]

__all__ = ["is_withheld", "read_accepted", "read_notice", "recaller"]

# Quotes of every kind around a name; the name itself may hold any of them.
_OPEN: Final = "[\"“”「『'‘]"
_CLOSE: Final = "[\"“”」』'’]"
_GROUP: Final = "(?:群聊|群組聊天|聊天群組|群組|群组|群)"
_ME: Final = "(?P<me>[你您])"
_WHO: Final = f"(?:{_OPEN}(?P<who>.+?){_CLOSE}|(?P<bare>.+?))"
_WHO_OR_ME: Final = f"(?:{_ME}|{_WHO})"
_WHOM: Final = f"(?:{_OPEN}(?P<whom>.+){_CLOSE}|(?P<plainly>.+?))"
_EN_WHO: Final = f"(?:(?P<me>You(?:['’](?:ve|re))?)|{_OPEN}(?P<who>.+?){_CLOSE}|(?P<bare>.+?))"

# Between names of a list of which each stands in quotes of its own.
_QUOTED_LIST: Final = re.compile(f"{_CLOSE}(?:、|, ?| and ){_OPEN}")
_IN_QUOTES: Final = re.compile(f"^{_OPEN}(.+){_CLOSE}$", re.DOTALL)

_LONGEST: Final = 4096  # what is longer is no sentence of the service

_SELF_WORDS: Final = frozenset({"你", "您", "我", "you", "You", "me", "yourself", "自己"})


def _name(text: str | None) -> str:
    """Return a name as quoted; words for the account itself and forged marks are told apart."""
    if text is None:
        return ""
    return text.replace("<", "‹").replace(">", "›") if text.strip() == SELF else text


def _actor(found: re.Match[str]) -> str:
    """Return who did it; only a bare pronoun means the account itself, for a quoted one is a name."""
    told = found.groupdict()
    if told.get("me"):
        return SELF
    return _name(told["who"]) if told.get("who") else _person(told.get("bare"))


def _person(text: str | None) -> str:
    """Return a name, or SELF for a bare pronoun."""
    return SELF if text in _SELF_WORDS else _name(text)


def _whom(found: re.Match[str], names: Names, *, english: bool = False) -> tuple[str, ...]:
    told = found.groupdict()
    if told.get("whom") is None and told.get("plainly") in _SELF_WORDS:
        return (SELF,)
    return _listed(told.get("whom") or told.get("plainly") or "", names, english=english)


def _listed(text: str, names: Names, *, english: bool = False) -> tuple[str, ...]:
    true_list = names.get(text) or names.get(text.strip())
    if true_list is None:
        quoted = _QUOTED_LIST.split(_IN_QUOTES.sub(r"\1", text))
        pieces = text.split(", " if english else "、")  # each language knows only its own separator
        true_list = tuple(p for p in (quoted if len(quoted) > 1 else pieces) if p)
    return tuple(_name(n) for n in true_list)


def _invited_me(found: re.Match[str], names: Names, *, english: bool = False) -> Happening:
    told = found.groupdict()
    with_me = _listed(told["with"], names, english=english) if told.get("with") else ()
    others = _listed(told["others"], names, english=english) if told["others"] else ()
    return GroupJoined(inviter=_actor(found), joined=(SELF, *with_me), already_there=others)


def _invited_me_en(found: re.Match[str], names: Names) -> Happening:
    return _invited_me(found, names, english=True)


def _invited(found: re.Match[str], names: Names) -> Happening:
    return GroupJoined(inviter=_actor(found), joined=_whom(found, names))


def _invited_en(found: re.Match[str], names: Names) -> Happening:
    return GroupJoined(inviter=_actor(found), joined=_whom(found, names, english=True))


def _scanned(found: re.Match[str], names: Names) -> Happening:
    """One person scans one code, so the name is never a list; a blank before it may be the sentence's own."""
    who = _actor(found)
    sharer = SELF if found["mine"] else _name(found["sharer"])
    return GroupJoined(inviter=sharer, joined=names.get(who.strip()) or (who,), by_qr=True)


def _i_joined(found: re.Match[str], names: Names) -> Happening:
    others = _listed(found["others"], names) if found.groupdict().get("others") else ()
    return GroupJoined(joined=(SELF,), by_qr=bool(found.groupdict().get("qr")), already_there=others)


def _removed(found: re.Match[str], names: Names) -> Happening:
    return MemberRemoved(remover=_actor(found), removed=_whom(found, names))


def _removed_en(found: re.Match[str], names: Names) -> Happening:
    return MemberRemoved(remover=_actor(found), removed=_whom(found, names, english=True))


def _removed_me(found: re.Match[str], _names: Names) -> Happening:
    return MemberRemoved(remover=_actor(found), removed=(SELF,))


def _renamed(found: re.Match[str], _names: Names) -> Happening:
    return GroupRenamed(by=_actor(found), new_name=found["new"])


def _owner(found: re.Match[str], _names: Names) -> Happening:
    return OwnerChanged(new_owner=_actor(found))


def _added(found: re.Match[str], _names: Names) -> Happening:
    return FriendAdded(nickname=_name(found["nick"]))


def _added_me(found: re.Match[str], _names: Names) -> Happening:
    return FriendAdded(nickname=_name(found["nick"]), by_me=False)


def _no_friend(found: re.Match[str], _names: Names) -> Happening:
    return NotAFriend(nickname=_name(found["nick"]))


def _packet_taken(found: re.Match[str], _names: Names) -> Happening:
    sender = SELF if found["mine"] else _name(found["sender"])
    return RedPacketNotice(way="opened", by=_actor(found), sender=sender)


def _nudged(found: re.Match[str], _names: Names) -> Happening:
    target = _name(found["target"]) if found["target"] else _person(found["plain_target"])
    return Nudged(by=_actor(found), target=target)


def _always(event: Happening) -> Callable[[re.Match[str], Names], Happening]:
    return lambda _found, _names: event


_SENTENCES: Final[Sequence[tuple[str, _Reader]]] = (
    # joining: the account itself first, since "you" would pass for a name
    (
        (
            rf"^{_WHO}(?:邀请|邀請)[你您](?:[和与與及]{_OPEN}?(?P<with>.+?){_CLOSE}?)?加入了?{_GROUP}"
            r"(?:[，,].*?：(?P<others>.*?))?[。.]?$"
        ),
        _invited_me,
    ),
    (
        rf"^{_WHO} invited you to (?:join )?(?:a|the) group chat(?: with ?(?P<others>.*?))?\.?$",
        _invited_me_en,
    ),
    (
        rf"^{_WHO} invited you and {_OPEN}?(?P<with>.+?){_CLOSE}? to (?:join )?(?:a|the) group chat(?P<others>)\.?$",
        _invited_me_en,
    ),
    (rf"^(?![你您](?:无法|無法)){_WHO_OR_ME}(?:已)?(?:邀请|邀請){_WHOM}加入了?{_GROUP}", _invited),
    (rf"^{_EN_WHO} (?:have )?invited {_WHOM} to (?:join )?(?:the|a) group chat", _invited_en),
    (
        (
            rf"^{_WHO_OR_ME}(?:通过|通過)(?:扫描|掃描|扫|掃)"
            rf"(?:(?P<mine>[你您])|{_OPEN}(?P<sharer>.+){_CLOSE})分享的(?:二维码|二維碼|QR ?[Cc]ode)加入了?{_GROUP}"
        ),
        _scanned,
    ),
    (
        (
            rf"^{_EN_WHO} (?:have )?joined (?:the |this )?group chat via (?:the )?QR [Cc]ode shared by "
            rf"(?:(?P<mine>you)|{_OPEN}?(?P<sharer>.+?){_CLOSE}?)\.?$"
        ),
        _scanned,
    ),
    (
        rf"^{_EN_WHO} joined (?:the |this )?group chat via (?:the )?QR [Cc]ode (?P<mine>you) shared(?P<sharer>)\.?$",
        _scanned,
    ),
    (
        rf"^{_EN_WHO} joined (?:the |this )?group chat via (?P<mine>your) shared QR [Cc]ode(?P<sharer>)\.?$",
        _scanned,
    ),
    (
        rf"^[你您](?:(?P<qr>通过扫描二维码|通過掃描二維碼)|已)?加入了?{_GROUP}(?:[，,].*?：(?P<others>.*))?",
        _i_joined,
    ),
    (r"^You(?:'ve| have)? joined (?:this|the|a) group chat(?P<qr> via (?:the )?QR [Cc]ode)?", _i_joined),
    # leaving
    (rf"^[你您]已?被{_WHO}(?:移出了?|踢出了?){_GROUP}", _removed_me),
    (
        rf"^You(?: were|['’]ve been| have been) removed from (?:the|this) group chat(?: by {_WHO})?\.?$",
        _removed_me,
    ),
    (rf"^[你您]已?被(?P<who>)(?P<bare>)(?:移出了?|踢出了?){_GROUP}", _removed_me),
    (rf"^{_WHO_OR_ME}(?:已)?[将將把]{_WHOM}(?:移出了?|踢出了?){_GROUP}", _removed),
    (rf"^{_EN_WHO} (?:have )?removed {_WHOM} from the group chat", _removed_en),
    # names and owners
    (
        (
            rf"^{_WHO_OR_ME}(?:已)?(?:修改了?|更改了?|变更了?|變更了?|将|將|把)(?:群名|群聊名称|群組名稱|群聊名稱|群组名称|群名稱|群名称)"
            rf"(?:为|為|成|改为|改為|修改为)\s*{_OPEN}(?P<new>.*){_CLOSE}"
        ),
        _renamed,
    ),
    (
        rf"^{_EN_WHO} (?:have )?changed the group (?:chat )?name to {_OPEN}(?P<new>.*){_CLOSE}",
        _renamed,
    ),
    (rf"^{_WHO_OR_ME}已(?:成为|成為)(?:新的?)?(?:群主|群組管理者|群管理員)", _owner),
    (
        rf"^{_EN_WHO}(?: have| has|'ve)? (?:become|became|are now|is now) the (?:new )?(?:group )?owner",
        _owner,
    ),
    (r"^(?P<me>グループマネージャーになりました)", _owner),
    # friends
    (r"^[你您]已(?:添加了?|新增了?|加入了?)(?P<nick>.+?)[，,]\s*(?:现在|現在|以上)", _added),
    (r"^You have added (?P<nick>.+?) as your (?:WeChat|Weixin) contact", _added),
    (
        r"^(?P<nick>.+?)(?:刚刚|剛剛|刚|剛)[把将將][你您](?:添加到|加到|新增至|加入)(?:通讯录|通訊錄)",
        _added_me,
    ),
    (r"^(?P<nick>.+?) just added you to (?:his/her|his|her|their) contacts?", _added_me),
    (r"^(?P<nick>.+?)(?:开启了|開啟了|启用了|啟用了)(?:朋友|好友)(?:验证|驗證)", _no_friend),
    (r"^(?P<nick>.+?) has enabled (?:Friend Confirmation|friend verification)", _no_friend),
    # sending
    (r"^(?:消息|訊息)已(?:发出|發出|传送|傳送)[，,]但被(?:对方|對方)拒收", _always(SendBlocked())),
    (
        r"^(?:The )?[Mm]essage (?:is |was )?(?:successfully )?sent,? but (?:was )?rejected",
        _always(SendBlocked()),
    ),
    (
        r"^(?:发送消息|發送訊息|傳送訊息|操作|发送|發送|傳送)(?:过于|過於|太)(?:频繁|頻繁)",
        _always(SendTooFast()),
    ),
    (
        (
            r"^(?:Messages?(?: are| were)? sent too (?:frequently|often|fast)|You(?:'re| are) (?:sending|doing) .* too (?:fast|often|frequently)"
            r"|Sending (?:messages )?too (?:frequently|often|fast)|Operation too frequent)"
        ),
        _always(SendTooFast()),
    ),
    # red packets
    (r"^收到(?:红包|紅包)", _always(RedPacketNotice(way="received"))),
    (r"^(?:发出|發出)(?:红包|紅包)", _always(RedPacketNotice(way="sent"))),
    (r"^Red [Pp]acket received", _always(RedPacketNotice(way="received"))),
    (r"^Red [Pp]acket sent", _always(RedPacketNotice(way="sent"))),
    (
        rf"^{_WHO_OR_ME}(?:领取了|領取了)(?:(?P<mine>[你您]|自己)|{_OPEN}?(?P<sender>.+?){_CLOSE}?)(?:的|发的|發的)(?:红包|紅包)",
        _packet_taken,
    ),
    (
        rf"^{_EN_WHO} opened (?:(?P<mine>your)|{_OPEN}?(?P<sender>.+?){_CLOSE}?(?:'s)?) [Rr]ed [Pp]acket",
        _packet_taken,
    ),
    # the rest
    (
        r"^位置共享已(?:经|經)?(?:结束|結束)|^[Ll]ocation sharing (?:has )?ended",
        _always(LiveLocationEnded()),
    ),
    (
        rf"^(?:(?P<me>[你我])|{_WHO})\s*(?:拍了拍|轻拍了?|輕拍了?)\s*(?:{_OPEN}(?P<target>.+?){_CLOSE}|(?P<plain_target>.+))",
        _nudged,
    ),
    (
        rf"^(?:(?P<me>I|You)|{_WHO}) (?:tickled|nudged|patted) (?:{_OPEN}(?P<target>.+?){_CLOSE}|(?P<plain_target>.+?)\.?$)",
        _nudged,
    ),
    (r"^如果陌生人主(?:动|動)添加[你您]", _always(SafetyHint())),
)

_ACCEPTED: Final = re.compile(
    r"^(?:我(?:通过了|通過了|已通过|已通過)[你您]的(?:朋友|好友)(?:验证请求|驗證請求|驗證要求|邀請)"
    r"|I['’]ve accepted your friend request)"
)
_RECALLED: Final = re.compile(
    r"^(?:(?P<me>[你您])|[\"“”「『](?P<who>.+?)[\"“”」』]|(?P<bare>.+?))\s*(?:已)?(?:撤回了?|收回了?)"
    r"|^(?:(?P<me_en>You(?:['’]ve)?)|[\"“”](?P<who_en>.+?)[\"“”]|(?P<bare_en>.+?)) (?:has |have )?(?:recalled|unsent) ",
    re.DOTALL,
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


@cache
def _patterns() -> list[tuple[re.Pattern[str], _Reader]]:
    """Compile the sentences when the first notice comes: it takes longer than all other reading of a short run."""
    return [(re.compile(pattern, re.DOTALL), reader) for pattern, reader in _SENTENCES]


def read_notice(text: str, names: Names | None = None) -> Happening | None:
    """Return what a decoded sentence of the service tells, or None.

    ``names`` gives the true lists of people for texts in which they stand joined, where ids prove them.
    """
    sentence = plain(text)
    if len(sentence) > _LONGEST:
        return None
    for pattern, reader in _patterns():
        if found := pattern.match(sentence):
            return reader(found, names or {})
    return None


def read_accepted(text: str) -> FriendAccepted | None:
    """Return the event of the sentence with which an accepted friend request travels, as an ordinary text."""
    return FriendAccepted() if _ACCEPTED.match(text.strip()) else None


def recaller(notice: str) -> str:
    """Return who took a message back, by the notice: a name, SELF, or empty."""
    found = _RECALLED.match(notice.strip())
    if not found:
        return ""
    if found["me"] or found["me_en"]:
        return SELF
    return _name(found["who"] or found["bare"] or found["who_en"] or found["bare_en"])


def is_withheld(text: str) -> bool:
    """Whether a text is the service's sentence for what the web cannot show; it comes with and without brackets."""
    sentence = text.strip()
    return sentence.startswith(_WITHHELD) or sentence.lstrip("[【").startswith(_WITHHELD)
