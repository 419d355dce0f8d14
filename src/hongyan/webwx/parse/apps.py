"""Messages of type 49, by the number in their ``<type>``: links, files, mini programs, money and much else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hongyan.model.messages import (
    Announcement,
    AnyMessage,
    AppMessage,
    Article,
    Channels,
    Coupon,
    File,
    FilePlaceholder,
    GroupInvitation,
    Link,
    LiveLocation,
    MiniProgram,
    Music,
    Picture,
    Product,
    RedPacket,
    Solitaire,
    Sticker,
    StickerSet,
    Text,
    Transfer,
    TransferState,
    Unsupported,
)
from hongyan.webwx.markup import decode
from hongyan.webwx.notices import is_withheld
from hongyan.webwx.parse.records import holds_record, parse_favorite_record, parse_quote, parse_record
from hongyan.webwx.parse.values import given_pixels, moment, number, pixels
from hongyan.webwx.parse.words import inner_document, words_of
from hongyan.webwx.xml import Node

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.webwx.parse.envelope import Envelope

__all__ = ["APP_TYPES", "AppSource", "app_type_of", "parse_app", "parse_digest"]

_INVITATION_TITLES: Final = frozenset(
    {"邀请你加入群聊", "邀請你加入群聊", "邀請你加入群組", "Group Chat Invitation"}
)
_INVITATION_PATH: Final = "addchatroombyinvite"
_HOST: Final = re.compile(r"https?://([A-Za-z0-9.-]{1,253})(?=[:/?#]|\Z)", re.IGNORECASE)
_OWN_HOSTS: Final = (".weixin.qq.com", ".wechat.com", ".wechatapp.com")
_INVITERS: Final = (
    re.compile(
        r"^[\"“](?P<who>.+?)[\"”]邀[请請]你加入(?:群聊|群組|群组)[\"“]?(?P<group>.+?)[\"”]?，(?:进入|進入|點擊|点击)"
    ),
    re.compile(
        r"^[\"“](?P<who>.+?)[\"”] invited you to join the group chat [\"“]?(?P<group>.+?)[\"”]?\. Enter"
    ),
)


_MOST_ARTICLES: Final = 200  # the largest captured digest has eight
_LONGEST_INVITATION: Final = (
    512  # two names and the words around them; a longer text could match in too many ways
)
_NEWS: Final = frozenset({"newsapp", "readerapp"})


class AppSource:
    """The ``<appmsg>`` of a message, with the JSON fields that repeat some of it for those without XML."""

    def __init__(self, e: Envelope) -> None:
        self.e = e
        self.document = e.document

    def text(self, path: str) -> str:
        """Return the text at a path under ``<appmsg>``."""
        return self.document.text(f".//appmsg/{path}").strip() if self.document else ""

    @property
    def title(self) -> str:
        """The title, which the JSON calls ``FileName``."""
        return self.text("title") or decode(self.e.wire.file_name)

    @property
    def description(self) -> str:
        """The text below the title."""
        return self.text("des")

    @property
    def url(self) -> str:
        """The link; in the JSON it is escaped twice."""
        return self.text("url") or decode(decode(self.e.wire.url))

    @property
    def source(self) -> str:
        """The app or account it was shared from."""
        found = self.text("sourcedisplayname")
        if found or not self.document:
            return found
        return self.document.text(".//appinfo/appname").strip()


def app_type_of(e: Envelope) -> int | None:
    """Return the number in ``<type>``, else the JSON's, else None."""
    number_text = e.document.text(".//appmsg/type").strip() if e.document else ""
    return number(number_text) if number_text else e.wire.app_msg_type or None


def parse_app(e: Envelope) -> AnyMessage:
    """Read type 49. A bare sentence under this number replaces a message that the web is not shown."""
    if e.document is None and e.content.strip() and (is_withheld(e.text) or not e.wire.file_name):
        return Unsupported(**e.head, text=e.text)
    kind = app_type_of(e)
    if kind is None and is_withheld(AppSource(e).title):
        return Unsupported(**e.head, text=AppSource(e).title)
    if kind not in _HOLDERS and holds_record(e):
        return _parse_record(AppSource(e))
    app = AppSource(e)
    read = APP_TYPES.get(kind, _parse_other)(app)
    if isinstance(read, AppMessage | _MEDIA) or any(getattr(read, name, "") for name in _WORDS):
        return read
    other = _parse_other(app)
    return other if other.parts else read  # if a reader finds no words, take all of them


_MEDIA: Final = Picture | Sticker | File | FilePlaceholder
_WORDS: Final = (
    *(
        "title",
        "text",
        "description",
        "caption",
        "author",
        "name",
        "artist",
        "memo",
        "amount",
        "wish",
        "articles",
    ),
    *("items", "template"),
)


def _parse_other(app: AppSource) -> AppMessage:
    """Store every text of an undocumented form."""
    known = (app.title, app.description, app.url, app.source)
    return AppMessage(
        **app.e.head,
        app_type=app_type_of(app.e),
        title=app.title,
        description=app.description,
        url=app.url,
        source=app.source,
        parts=words_of(app.document, known) if app.document else (),
    )


def _parse_announcement(app: AppSource) -> AnyMessage:
    """The text is in its own element, or only in the note inside the announcement."""
    text = app.text("textannouncement")
    note = inner_document(app.text("xmlannouncement") or app.text("announcement"))
    if not text and note:
        text = "\n".join(t for n in note.all(".//dataitem") if (t := n.text("datadesc").strip()))
    if not text:
        return _parse_other(app)
    edited = note.text(".//edittime").strip() if note else ""
    return Announcement(
        **app.e.head, text=text, announcement_id=app.text("announcement_id"), edited_at=moment(edited)
    )


def _parse_text(app: AppSource) -> AnyMessage:
    return Text(**app.e.head, text=app.title)


def _parse_picture(app: AppSource) -> AnyMessage:
    wide, high = app.text("appattach/cdnthumbwidth"), app.text("appattach/cdnthumbheight")
    return Picture(
        **app.e.head,
        size=number(app.text("appattach/totallen")),
        md5=app.text("md5") or app.text("appattach/md5"),
        thumb_size=pixels(wide, high)
        or pixels(app.e.wire.img_width, app.e.wire.img_height)
        or given_pixels(wide, high),
    )


def _parse_music(app: AppSource) -> AnyMessage:
    return Music(
        **app.e.head,
        title=app.title,
        artist=app.description,
        url=app.url,
        stream_url=app.text("dataurl") or app.text("lowdataurl"),
        source=app.source,
    )


def _parse_link(app: AppSource) -> AnyMessage:
    if _is_invitation(app):
        return _parse_invitation(app)
    return Link(
        **app.e.head,
        title=app.title,
        description=app.description,
        url=app.url,
        articles=_articles(app.document, ".//mmreader/category/item"),
        publisher=app.document.text(".//mmreader/category/name").strip() if app.document else "",
        source=app.source,
        thumb_url=app.text("thumburl"),
    )


def _is_invitation(app: AppSource) -> bool:
    """Whether a link is an invitation: it leads to the service, or contains the service's own sentence."""
    found = _HOST.match(app.url)
    own = found is not None and found[1].lower().endswith(_OWN_HOSTS)
    if own and _INVITATION_PATH in app.url:
        return True
    return app.title in _INVITATION_TITLES and (own or not app.url or _invited(app.description) is not None)


def _articles(document: Node | None, path: str) -> tuple[Article, ...]:
    return tuple(_article(item) for item in document.all(path)[:_MOST_ARTICLES]) if document else ()


def _article(item: Node) -> Article:
    return Article(
        title=item.text("title").strip(),
        url=item.text("url").strip() or item.text("longurl").strip() or item.text("shorturl").strip(),
        digest=item.text("digest").strip(),
        cover=item.text("cover").strip().partition("|")[0],
        published_at=moment(item.text("pub_time")),
    )


def parse_digest(e: Envelope) -> AnyMessage | None:
    """Return a digest of articles that is sent as a text, None if there is no article in it.

    Only the service's own account sends this: the same text from any other sender was typed by a person.
    """
    if e.wire.from_user_name not in _NEWS:
        return None
    articles = _articles(e.document, ".//mmreader/category/newitem") or _articles(
        e.document, ".//mmreader/category/item"
    )
    if not articles or not e.document:
        return None
    publisher = e.document.text(".//mmreader/category/name").strip()
    first = articles[0]
    return Link(
        **e.head,
        title=first.title,
        description=first.digest,
        url=first.url,
        articles=articles,
        publisher=publisher,
    )


def _invited(description: str) -> re.Match[str] | None:
    """Return who invites into which group, if the service's sentence contains it."""
    sentence = description[:_LONGEST_INVITATION]
    return next((f for pattern in _INVITERS if (f := pattern.match(sentence))), None)


def _parse_invitation(app: AppSource) -> AnyMessage:
    found = _invited(app.description)
    return GroupInvitation(
        **app.e.head,
        title=app.title,
        description=app.description,
        url=app.url,
        inviter=found["who"] if found else "",
        group_name=found["group"] if found else "",
    )


def _extension(app: AppSource, name: str) -> str:
    extension = app.text("appattach/fileext")
    stem, dot, tail = name.rpartition(".")
    return extension or (tail if stem and dot and len(tail) <= 16 else "")


def _parse_file(app: AppSource) -> AnyMessage:
    wire, name = app.e.wire, app.title
    return File(
        **app.e.head,
        name=name,
        size=number(app.text("appattach/totallen")) or number(wire.file_size),
        ext=_extension(app, name),
        md5=app.text("md5"),
        media_id=wire.media_id,
        encrypted_name=wire.encry_file_name,
    )


def _parse_file_placeholder(app: AppSource) -> AnyMessage:
    name = app.title
    size = number(app.text("appattach/totallen")) or number(app.e.wire.file_size)
    return FilePlaceholder(**app.e.head, name=name, size=size, ext=_extension(app, name), md5=app.text("md5"))


def _parse_sticker(app: AppSource) -> AnyMessage:
    return Sticker(
        **app.e.head,
        md5=app.text("appattach/emoticonmd5") or app.text("md5"),
        size=number(app.text("appattach/totallen")),
        image_size=pixels(app.e.wire.img_width, app.e.wire.img_height),
        in_store=bool(app.e.wire.has_product_id),
    )


def _parse_live_location(app: AppSource) -> AnyMessage:
    return LiveLocation(**app.e.head, title=app.title)


def _parse_mini_program(app: AppSource) -> AnyMessage:
    return MiniProgram(
        **app.e.head,
        title=app.title,
        description=app.description,
        url=app.url,
        name=app.text("sourcedisplayname"),
        app_id=app.text("weappinfo/appid"),
        username=app.text("weappinfo/username") or app.text("sourceusername"),
        path=app.text("weappinfo/pagepath"),
    )


def _channels(app: AppSource, element: str, *, live: bool) -> AnyMessage:
    title = app.title
    return Channels(
        **app.e.head,
        author=app.text(f"{element}/nickname"),
        caption=app.text(f"{element}/desc"),
        title="" if title.startswith(("当前", "當前", "Current version")) else title,
        url=app.text(f"{element}/webUrl"),
        object_id=app.text(f"{element}/objectId") or app.text(f"{element}/finderLiveID"),
        username=app.text(f"{element}/username"),
        live=live,
    )


def _parse_channels(app: AppSource) -> AnyMessage:
    return _channels(app, "finderFeed", live=False)


def _parse_channels_live(app: AppSource) -> AnyMessage:
    return _channels(app, "finderLive", live=True)


def _parse_solitaire(app: AppSource) -> AnyMessage:
    return Solitaire(**app.e.head, text=app.title)


_STATES: Final = {
    1: TransferState.OFFERED,
    3: TransferState.ACCEPTED,
    4: TransferState.RETURNED,
    5: TransferState.ACCEPTED,
    7: TransferState.OFFERED,
    8: TransferState.OFFERED,
    9: TransferState.EXPIRED,
}


def _parse_transfer(app: AppSource) -> AnyMessage:
    def pay(name: str) -> str:
        return app.text(f"wcpayinfo/{name}")

    return Transfer(
        **app.e.head,
        title=app.title,
        description=app.description,
        amount=pay("feedesc"),
        state=_STATES.get(number(pay("paysubtype")), TransferState.UNKNOWN),
        transfer_id=pay("transferid"),
        transaction_id=pay("transcationid") or pay("transactionid"),
        memo=pay("pay_memo"),
        payer=pay("payer_username"),
        receiver=pay("receiver_username"),
        begun_at=moment(pay("begintransfertime")),
        expires_at=moment(pay("invalidtime")),
    )


def _parse_red_packet(app: AppSource) -> AnyMessage:
    wish = app.text("wcpayinfo/receivertitle") or app.text("wcpayinfo/sendertitle")
    return RedPacket(**app.e.head, title=app.title, description=app.description, wish=wish, url=app.url)


def _parse_coupon(app: AppSource) -> AnyMessage:
    return Coupon(**app.e.head, title=app.title, description=app.description, url=app.url)


def _parse_product(app: AppSource) -> AnyMessage:
    return Product(**app.e.head, title=app.title, description=app.description, url=app.url)


def _parse_sticker_set(app: AppSource) -> AnyMessage:
    return StickerSet(**app.e.head, title=app.title, description=app.description, url=app.url)


def _parse_quote(app: AppSource) -> AnyMessage:
    return parse_quote(app.e, app.title)


def _parse_record(app: AppSource) -> AnyMessage:
    return parse_record(app.e, app.title, app.description, app.url)


def _parse_favorite(app: AppSource) -> AnyMessage:
    return parse_favorite_record(app.e, app.title, app.description, app.url)


APP_TYPES: Final[dict[int | None, Callable[[AppSource], AnyMessage]]] = {
    1: _parse_text,
    2: _parse_picture,
    3: _parse_music,
    4: _parse_link,
    5: _parse_link,
    6: _parse_file,
    8: _parse_sticker,
    10: _parse_product,
    13: _parse_product,
    15: _parse_sticker_set,
    16: _parse_coupon,
    17: _parse_live_location,
    19: _parse_record,
    24: _parse_favorite,
    26: _parse_sticker_set,
    33: _parse_mini_program,
    36: _parse_mini_program,
    40: _parse_favorite,
    51: _parse_channels,
    53: _parse_solitaire,
    57: _parse_quote,
    63: _parse_channels_live,
    74: _parse_file_placeholder,
    76: _parse_music,
    87: _parse_announcement,
    92: _parse_music,
    2000: _parse_transfer,
    2001: _parse_red_packet,
    100001: _parse_link,
}
"""The number in ``<type>`` -> what reads it. Numbers seen in captures, the front-end, itchat, openwechat, puppets."""

_HOLDERS: Final = frozenset({19, 24, 40, 57, 87})
"""Types that hold messages in an element of their own."""
