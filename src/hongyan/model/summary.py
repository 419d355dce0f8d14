"""One readable line for every kind of message, in Chinese (simplified or traditional) or English; it removes no control characters.

The code that displays the line makes it harmless.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, assert_never

from hongyan.model.messages import (
    Announcement,
    AnyMessage,
    AppMessage,
    Call,
    CallOutcome,
    Card,
    Channels,
    ContactAltered,
    Coupon,
    FavoriteRecord,
    File,
    FilePlaceholder,
    FriendRequest,
    GroupChange,
    GroupInvitation,
    GroupRenamed,
    GroupTodo,
    Legacy,
    Link,
    LiveLocation,
    Location,
    MemberLeft,
    MiniProgram,
    Music,
    Notice,
    NoticeEvent,
    Pat,
    PaymentNotice,
    Picture,
    Product,
    Quote,
    Quoted,
    Recall,
    Record,
    RecordItem,
    RedPacket,
    Solitaire,
    StatusNotice,
    Sticker,
    StickerSet,
    SuggestedFriend,
    Text,
    Transfer,
    TransferState,
    Unknown,
    Unparsed,
    Unsupported,
    Video,
    Voice,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Entry", "LanguageTag", "entries", "full", "line", "quotation", "sentence", "size_text"]

LanguageTag = Literal["zh", "en", "zh-TW"]

_WORDS: Final[dict[str, tuple[str, str, str]]] = {
    "picture": ("图片", "picture", "圖片"),
    "voice": ("语音", "voice", "語音"),
    "video": ("视频", "video", "影片"),
    "short-video": ("小视频", "short video", "小影片"),
    "sticker": ("表情", "sticker", "貼圖"),
    "file": ("文件", "file", "檔案"),
    "file-placeholder": ("文件上传中", "file on its way", "檔案上傳中"),
    "link": ("链接", "link", "連結"),
    "music": ("音乐", "music", "音樂"),
    "group-invitation": ("群邀请", "group invitation", "群組邀請"),
    "location": ("位置", "location", "位置"),
    "live-location": ("共享实时位置", "live location", "分享即時位置"),
    "card": ("名片", "card", "名片"),
    "official-card": ("公众号名片", "official account", "官方帳號名片"),
    "friend-request": ("好友请求", "friend request", "好友請求"),
    "suggested-friend": ("推荐好友", "suggested friend", "推薦好友"),
    "voice-call": ("语音通话", "voice call", "語音通話"),
    "video-call": ("视频通话", "video call", "視訊通話"),
    "call": ("通话", "call", "通話"),
    "mini-program": ("小程序", "mini program", "小程式"),
    "channels": ("视频号", "Channels", "視訊號"),
    "channels-live": ("视频号直播", "Channels live", "視訊號直播"),
    "record": ("聊天记录", "chat history", "聊天記錄"),
    "favorite-record": ("笔记", "note", "筆記"),
    "solitaire": ("接龙", "list", "接龍"),
    "transfer": ("转账", "transfer", "轉帳"),
    "red-packet": ("红包", "red packet", "紅包"),
    "payment-notice": ("支付", "payment", "支付"),
    "announcement": ("群公告", "announcement", "群組公告"),
    "group-todo": ("群待办", "to-do", "群組待辦"),
    "coupon": ("卡券", "coupon", "卡券"),
    "product": ("商品", "product", "商品"),
    "sticker-set": ("表情包", "sticker set", "貼圖包"),
    "app": ("分享", "shared", "分享"),
    "entry": ("条目", "entry", "條目"),
    "and": ("、", ", ", "、"),
    "was": ("（原名“{name}”）", "(was “{name}”)", "（原名「{name}」）"),
    "seen-left": ("{who} 已不在群聊中", "{who} is no longer in the group", "{who} 已不在群組中"),
    "seen-changed": (
        "{field}由“{before}”改为“{after}”",
        "{field} was “{before}”, is “{after}”",
        "{field}由「{before}」改為「{after}」",
    ),
    "field-nickname": ("名称", "name", "名稱"),
    "field-remark": ("备注", "remark", "備註"),
    "field-alias": ("微信号", "WeChat id", "微信號"),
    "field-signature": ("签名", "signature", "簽名"),
    "field-province": ("省份", "province", "省份"),
    "field-city": ("城市", "city", "城市"),
    "field-sex": ("性别", "sex", "性別"),
    "not-genuine": ("与原消息不符", "not what was written", "與原訊息不符"),
    "deeper": ("更深的记录", "deeper records", "更深的記錄"),
    "unsupported": ("请在手机上查看", "see your phone", "請在手機上檢視"),
    "notice": ("系统", "system", "系統"),
    "recall": ("撤回", "recalled", "收回"),
    "pat": ("拍一拍", "nudge", "拍一拍"),
    "status": ("手机状态", "phone", "手機狀態"),
    "legacy": ("旧消息", "old kind", "舊訊息"),
    "unknown": ("未知消息", "unknown message", "未知訊息"),
    "unparsed": ("无法读取的消息", "unreadable message", "無法讀取的訊息"),
    "recalled-one": ("撤回了一条消息", "a message was recalled", "收回了一則訊息"),
    f"call-{CallOutcome.UNKNOWN}": ("", "", ""),
    f"call-{CallOutcome.RINGING}": ("等待接听", "ringing", "等待接聽"),
    f"call-{CallOutcome.ANSWERED}": ("已接通", "answered", "已接通"),
    f"call-{CallOutcome.CANCELLED}": ("已取消", "cancelled", "已取消"),
    f"call-{CallOutcome.DECLINED}": ("已拒绝", "declined", "已拒絕"),
    f"call-{CallOutcome.MISSED}": ("未接听", "missed", "未接聽"),
    f"transfer-{TransferState.UNKNOWN}": ("", "", ""),
    f"transfer-{TransferState.OFFERED}": ("待收款", "waiting", "待收款"),
    f"transfer-{TransferState.ACCEPTED}": ("已收款", "accepted", "已收款"),
    f"transfer-{TransferState.RETURNED}": ("已退还", "returned", "已退還"),
    f"transfer-{TransferState.EXPIRED}": ("已过期", "expired", "已過期"),
}

_Media = Picture | Voice | Video | Sticker | File | FilePlaceholder
_People = Card | FriendRequest | SuggestedFriend | Call | Location | LiveLocation
_Titled = (
    Link
    | Music
    | GroupInvitation
    | MiniProgram
    | Coupon
    | Product
    | StickerSet
    | AppMessage
    | Record
    | FavoriteRecord
    | Channels
)
_Sentence = Notice | GroupChange | Pat
_Service = _Sentence | Recall | StatusNotice | PaymentNotice | GroupTodo | Legacy


def line(message: AnyMessage, language: LanguageTag = "zh") -> str:
    """Return one line that describes ``message``, without its sender: ``[图片 83 KB]``, ``[文件] report.pdf``.

    Line ends that a person typed stay where they are; everything else is on one line.
    """
    words = _Words(language)
    match message:
        case Text() | Quote() | Solitaire() | Announcement():
            return _written(message, words)
        case Picture() | Voice() | Video() | Sticker() | File() | FilePlaceholder():
            text = _media(message, words)
        case Card() | FriendRequest() | SuggestedFriend() | Call() | Location() | LiveLocation():
            text = _people(message, words)
        case (
            Link()
            | Music()
            | GroupInvitation()
            | MiniProgram()
            | Coupon()
            | Product()
            | StickerSet()
            | AppMessage()
            | Record()
            | FavoriteRecord()
            | Channels()
        ):
            text = _titled(message, words)
        case Transfer() | RedPacket():
            text = _money(message, words)
        case (
            Recall()
            | Notice()
            | GroupChange()
            | Pat()
            | StatusNotice()
            | PaymentNotice()
            | GroupTodo()
            | Legacy()
        ):
            text = _service(message, words)
        case Unsupported() | Unknown() | Unparsed():
            text = _strange(message, words)
        case _:
            assert_never(message)
    return " ".join(text.split())


def sentence(message: AnyMessage, language: LanguageTag = "zh") -> str:
    """Return a whole sentence of the service, without the brackets of ``line``; empty where the message is none."""
    match message:
        case Notice() | GroupChange() | Pat():
            return " ".join(_sentence(message, _Words(language)).split())
        case _:
            return ""


def quotation(quoted: Quoted, language: LanguageTag = "zh") -> str:
    """Return the words of a quotation, without the name of the quoted person; a mark shows words that were never written like that."""
    words = _Words(language)
    doubt = f"({words['not-genuine']})" if quoted.genuine is False else ""
    return " ".join(_joined(_quoted_words(quoted, words), doubt).split())


class Entry(NamedTuple):
    """A line of the content below a message's summary; ``depth`` counts how deep it is nested, from 0."""

    depth: int
    text: str


def full(message: AnyMessage, language: LanguageTag = "zh") -> str:
    """Return the whole content of a message: its line, and below it the entries that it holds, indented."""
    beneath = [f"{'  ' * (entry.depth + 1)}{entry.text}" for entry in entries(message, language)]
    return "\n".join([line(message, language), *beneath])


def entries(message: AnyMessage, language: LanguageTag = "zh") -> tuple[Entry, ...]:
    """Return the entries of a merged record with those of records inside it, or the further articles of a push."""
    words = _Words(language)
    match message:
        case Record() | FavoriteRecord():
            lines = tuple(_entries(message.items, words, 0))
            return lines or tuple(Entry(0, line) for line in message.description.split("\n") if line.strip())
        case Link() if len(message.articles) > 1:
            return tuple(Entry(0, _joined("•", a.title, a.url)) for a in message.articles)
        case _:
            return ()


def _entries(items: tuple[RecordItem, ...], words: _Words, depth: int) -> Iterator[Entry]:
    for item in items:
        line = _entry(item, words)
        first, *more = line.split("\n")
        yield Entry(depth, f"{item.sender}: {first}" if item.sender else first)
        for rest in more:
            yield Entry(depth + 1, rest)
        yield from _entries(item.items, words, depth + 1)


def _entry(item: RecordItem, words: _Words) -> str:
    """Return the text of an entry; every kind has at least its name."""
    answered = _quoted(item.quoted, words) if item.quoted else ""
    line = _pair(item.title, item.text, " - " if item.shown_as == "music" else ": ")
    if item.shown_as in {"location", "file"}:
        line = _pair(item.title, item.text, ", ")
    line = _joined(_pair(item.source, line), item.url, _parts(item.parts))
    if answered:
        line = _joined(f"「{answered}」", line)
    if item.shown_as == "text" or (line and not item.shown_as and not item.parts):
        return line or f"[{words['entry']}]"
    length = f'{item.duration_s}"' if item.duration_s else ""
    name = words[item.shown_as] if item.shown_as in _WORDS else f"{words['entry']} {item.data_type}"
    return _joined(f"[{_joined(name, length, size_text(item.size))}]", line)


def _parts(parts: tuple[tuple[str, str], ...]) -> str:
    """Return texts with the names of their elements."""
    return " · ".join(f"{name}: {text}" for name, text in parts)


class _Words:
    """The labels of one language."""

    def __init__(self, language: LanguageTag) -> None:
        self._column = {"zh": 0, "en": 1, "zh-TW": 2}[language]

    def __getitem__(self, key: str) -> str:
        return _WORDS[key][self._column]


def size_text(size: int) -> str:
    """Return a size in bytes as people write it: ``83 KB``, ``1.2 MB``; empty for 0."""
    if size <= 0:
        return ""
    if size < 1000:
        return f"{size} B"
    for unit in ("KB", "MB", "GB"):
        value = size / 1024 ** (("KB", "MB", "GB").index(unit) + 1)
        if value < 1000 or unit == "GB":
            break
    return f"{value:.1f} {unit}" if value < 10 and unit != "KB" else f"{max(value, 1):.0f} {unit}"


def _joined(*parts: str) -> str:
    return " ".join(p for p in parts if p)


def _pair(first: str, second: str, between: str = ": ") -> str:
    return f"{first}{between}{second}" if first and second and first != second else first or second


def _media(message: _Media, words: _Words) -> str:
    match message:
        case Picture():
            return f"[{_joined(words['picture'], size_text(message.hd_size or message.size))}]"
        case Voice():
            length = f'{max(1, round(message.duration_ms / 1000))}"' if message.duration_ms else ""
            return f"[{_joined(words['voice'], length)}]"
        case Video():
            name = words["short-video" if message.short else "video"]
            length = f'{message.duration_s}"' if message.duration_s else ""
            return f"[{_joined(name, length, size_text(message.size))}]"
        case Sticker():
            return _joined(f"[{words['sticker']}]", message.caption)
        case File() | FilePlaceholder():
            size = size_text(message.size)
            return _joined(f"[{words[message.kind]}]", message.name, f"({size})" if size else "")
        case _:
            assert_never(message)


def _people(message: _People, words: _Words) -> str:
    match message:
        case Card():
            name = words["official-card" if message.official else "card"]
            return _joined(f"[{name}]", message.nickname)
        case FriendRequest() | SuggestedFriend():
            return _joined(f"[{words[message.kind]}]", _pair(message.nickname, message.greeting))
        case Call():
            name = {True: "video-call", False: "voice-call", None: "call"}[message.video]
            length = f"{message.duration_s // 60}:{message.duration_s % 60:02}" if message.duration_s else ""
            return f"[{_joined(words[name], words[f'call-{message.outcome}'], length)}]"
        case Location():
            return _joined(f"[{words['location']}]", _pair(message.place, message.label, ", ") or message.url)
        case LiveLocation():
            return _joined(f"[{words['live-location']}]", message.title)
        case _:
            assert_never(message)


def _titled(message: _Titled, words: _Words) -> str:
    label = f"[{words[message.kind]}]"
    match message:
        case Music():
            return _joined(label, _pair(message.title, message.artist, " - "))
        case MiniProgram():
            return _joined(label, _pair(message.name, message.title))
        case Record() | FavoriteRecord():
            return _joined(label, message.title, f"({len(message.items)})" if message.items else "")
        case Channels():
            name = words["channels-live" if message.live else "channels"]
            return _joined(f"[{name}]", _pair(message.author, message.caption or message.title))
        case GroupInvitation():
            return _joined(label, message.description or message.title)
        case Link():
            more = f"(+{len(message.articles) - 1})" if len(message.articles) > 1 else ""
            return _joined(label, message.title, more, message.url)
        case Coupon() | Product() | StickerSet() | AppMessage():
            said = _joined(label, _pair(message.title, message.description), message.url)
            return _joined(said, _parts(message.parts)) if isinstance(message, AppMessage) else said
        case _:
            assert_never(message)


def _written(message: Text | Quote | Solitaire | Announcement, words: _Words) -> str:
    match message:
        case Text():
            return "\n".join([message.text, *(f"↗ {_pair(k.text, k.url)}" for k in message.links)])
        case Quote():
            quoted = _quoted(message.quoted, words)
            return _joined(f"「{quoted}」" if quoted else "", message.text)
        case Solitaire() | Announcement():
            return _joined(f"[{words[message.kind]}]", message.text)
        case _:
            assert_never(message)


def _quoted(quoted: Quoted, words: _Words) -> str:
    said = _pair(quoted.sender_name, _quoted_words(quoted, words))
    return _joined(said, f"({words['not-genuine']})") if quoted.genuine is False else said


def _quoted_words(quoted: Quoted, words: _Words) -> str:
    label = words[quoted.shown_as] if quoted.shown_as in _WORDS and quoted.shown_as != "text" else ""
    return _joined(f"[{label}]" if label else "", quoted.text or quoted.title)


def _money(message: Transfer | RedPacket, words: _Words) -> str:
    if isinstance(message, RedPacket):
        return _joined(f"[{words['red-packet']}]", message.wish or message.title)
    state = words[f"transfer-{message.state}"]
    return _joined(f"[{_joined(words['transfer'], message.amount, state)}]", message.memo)


def _service(message: _Service, words: _Words) -> str:
    match message:
        case Notice() | GroupChange() | Pat():
            return f"[{_sentence(message, words)}]"
        case Recall():
            return f"[{message.notice or words['recalled-one']}]"
        case StatusNotice():
            return f"[{words['status']}]"
        case Legacy():
            return _joined(f"[{words['legacy']}]", message.text)
        case GroupTodo():
            return _joined(f"[{words['group-todo']}]", _pair(message.title, message.text))
        case PaymentNotice():
            return _joined(f"[{words['payment-notice']}]", message.text)
        case _:
            assert_never(message)


def _sentence(message: _Sentence, words: _Words) -> str:
    match message:
        case Notice():
            said = message.plain or message.text or _seen(message.event, words) or words["notice"]
            return _joined(said, _was(message.event, words))
        case GroupChange():
            return _joined(message.text or words["notice"], _was(message.event, words))
        case Pat():
            return message.text or words["pat"]
        case _:
            assert_never(message)


def _was(event: NoticeEvent | None, words: _Words) -> str:
    """Return the former name of a group, which no sentence contains."""
    old = event.old_name if isinstance(event, GroupRenamed) else ""
    return words["was"].format(name=old) if old else ""


def _seen(event: NoticeEvent | None, words: _Words) -> str:
    """Return words for an observed change without a sentence: who left, and new names."""
    match event:
        case MemberLeft():
            return words["seen-left"].format(who=words["and"].join(event.left))
        case ContactAltered():
            changes = [
                words["seen-changed"].format(
                    field=words[f"field-{field}"] if f"field-{field}" in _WORDS else field,
                    before=before or "-",
                    after=after or "-",
                )
                for field, before, after in event.changes
            ]
            return _joined(event.name, words["and"].join(changes))
        case _:
            return ""


def _strange(message: Unsupported | Unknown | Unparsed, words: _Words) -> str:
    match message:
        case Unsupported():
            return f"[{message.text.strip('[]') or words['unsupported']}]"
        case Unknown():
            return _joined(f"[{words['unknown']} {message.msg_type}]", _parts(message.parts))
        case Unparsed():
            return f"[{words['unparsed']}]"
        case _:
            assert_never(message)
