"""Every kind of message by a short name, for worlds written as text; independent of when one is sent.

A kind is made from a few plain values (`title`, `words` …); a kind with a file gets one that is drawn for it.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from hongyan.emulator import compose, compose_apps, compose_media, compose_system, sounds
from hongyan.emulator import sample_media as movies

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hongyan.emulator.compose import Composed
    from hongyan.emulator.world import World

    Values = Mapping[str, Any]

__all__ = ["KINDS", "UnknownKind", "make"]


_LONGEST_SECONDS = 600


class UnknownKind(LookupError):
    """There is no kind of this name, or it lacks a value; the text lists the kinds or values there are."""


def make(kind: str, values: Values, world: World) -> Composed:
    """A message of a kind. Raises UnknownKind with what would be right."""
    maker = KINDS.get(kind)
    if maker is None:
        msg = f"there is no kind {kind!r}; there are: {', '.join(sorted(KINDS))}"
        raise UnknownKind(msg)
    try:
        return maker(values, world)
    except KeyError as missing:
        msg = f"kind {kind!r} needs {missing.args[0]!r}"
        raise UnknownKind(msg) from None
    except (TypeError, ValueError, AttributeError, IndexError, OverflowError) as wrong:
        msg = f"kind {kind!r} cannot be made of these values: {wrong}"
        raise UnknownKind(msg) from None


def _colour(words: str) -> tuple[int, int, int]:
    red, green, blue = blake2b(words.encode(), digest_size=3).digest()
    return red, green, blue


def _card(values: Values, world: World) -> Composed:
    return compose_media.card(world.people[values["person"]])


def _suggestion(values: Values, world: World) -> Composed:
    person = world.people[values["person"]]
    ticket = f"v2_{blake2b(person.id.encode(), digest_size=60).hexdigest()}@stranger"
    return compose.friend_request(person, values.get("words", ""), ticket, suggested=True)


def _articles(values: Values, _: World) -> Composed:
    listed = [(each["title"], each.get("digest", ""), each["url"]) for each in values["articles"]]
    return compose_apps.article_list(values["publisher"], listed)


def _record(values: Values, _: World) -> Composed:
    return compose_apps.record(values["title"], [(who, words) for who, words in values["lines"]])


def _quote(values: Values, _: World) -> Composed:
    return compose_apps.quote(
        values["words"],
        quoted=values["quoted"],
        sender=values["sender"],
        message=1,
        chat=values.get("chat", ""),
    )


def _seconds(values: Values, default: float) -> float:
    """A length that is drawn, not taken: no more than ten minutes of it."""
    seconds = float(values.get("seconds", default))
    if not 0 <= seconds <= _LONGEST_SECONDS:
        raise ValueError(f"{seconds} seconds; at most {_LONGEST_SECONDS}")
    return seconds


KINDS: dict[str, Callable[[Values, World], Composed]] = {
    "text": lambda v, _: compose.text(v["words"], spans=v.get("old_phone", False)),
    "picture": lambda v, _: compose_media.picture(
        movies.jpeg(movies.mosaic(v.get("of", "picture"))), "picture.jpg"
    ),
    "voice": lambda v, _: compose_media.voice(
        sounds.mp3(int(1000 * _seconds(v, 3))), int(1000 * _seconds(v, 3))
    ),
    "video": lambda v, _: compose_media.video(
        movies.mp4(int(_seconds(v, 5)), v.get("of", "video")), int(_seconds(v, 5))
    ),
    "short-video": lambda *_: compose_media.video(movies.mp4(3), 3, short=True),
    "sticker": lambda v, _: compose_media.sticker(sounds.gif(_colour(v.get("of", "sticker"))), 64, 64),
    "store-sticker": lambda v, _: compose_media.store_sticker(v.get("product", "com.example.emoticon")),
    "file": lambda v, _: compose_media.file(v.get("content", "Hongyan\n").encode(), v["name"]),
    "file-placeholder": lambda v, _: compose_apps.file_placeholder(v["name"], v.get("size", 0)),
    "location": lambda v, _: compose_media.location(
        v["latitude"], v["longitude"], v["label"], v.get("place", "")
    ),
    "plain-location": lambda v, _: compose_media.plain_location(
        v["latitude"], v["longitude"], v["label"], v.get("place", "")
    ),
    "old-location": lambda v, _: compose_media.old_location(
        v["latitude"], v["longitude"], v.get("label", "")
    ),
    "live-location": lambda *_: compose_apps.live_location(),
    "card": _card,
    "suggestion": _suggestion,
    "call": lambda v, _: compose_media.call(with_picture=v.get("video", False)),
    "call-ended": lambda v, _: compose_media.call_ended(v.get("seconds", 0)),
    "call-invitation": lambda *_: compose_media.call_invitation(),
    "link": lambda v, _: compose_apps.link(v["title"], v.get("digest", ""), v["url"], v.get("source", "")),
    "group-invitation": lambda v, _: compose_apps.group_invitation(v["inviter"], v["group"], v["url"]),
    "articles": _articles,
    "music": lambda v, _: compose_apps.music(v["title"], v["artist"], v["url"], v.get("stream", v["url"])),
    "quote": _quote,
    "mini-program": lambda v, _: compose_apps.mini_program(
        v["title"], v["name"], v.get("username", "gh_hongyan00000"), v.get("path", "pages/index")
    ),
    "channels": lambda v, _: compose_apps.channels(v["author"], v["caption"]),
    "note": lambda v, _: compose_apps.note(v["words"]),
    "record": _record,
    "favourites": lambda v, _: compose_apps.favourites(
        v["title"], [(who, words) for who, words in v["lines"]]
    ),
    "video-link": lambda v, _: compose_apps.video_link(v["title"], v.get("digest", ""), v["url"]),
    "news": lambda v, _: compose_apps.news_digest(
        [(each["title"], each.get("digest", ""), each["url"]) for each in v["articles"]]
    ),
    "coupon": lambda v, _: compose_apps.coupon(v["title"], v["merchant"]),
    "product": lambda v, _: compose_apps.product(v["title"], v.get("digest", "")),
    "sticker-set": lambda v, _: compose_apps.sticker_set(
        v["title"], v.get("product", "com.example.emoticon")
    ),
    "transfer": lambda v, _: compose_apps.transfer(v["amount"], v.get("memo", "")),
    "red-packet": lambda v, _: compose_apps.red_packet(v.get("wish", "恭喜发财，大吉大利")),
    "red-packet-text": lambda v, _: compose_apps.red_packet_text(v.get("wish", "恭喜发财，大吉大利")),
    "unsupported": lambda v, _: compose_apps.unsupported(v.get("language", "zh_CN")),
    "announcement": lambda v, _: compose_system.announcement(v["words"]),
    "todo": lambda v, _: compose_system.todo(v["title"]),
    "pat": lambda v, _: compose_system.pat(v["who"], v["whom"], v.get("chat", ""), v["words"]),
    "member-command": lambda v, _: compose_system.member_command(
        v["words"], [(who, "") for who in v["people"]]
    ),
    "system": lambda v, _: compose.system(v["words"]),
    "notice": lambda v, _: compose.notice(v["words"]),
}
"""How each kind is made from its values."""
