"""Which files are fetched unasked."""

from __future__ import annotations

import tomllib

import msgspec

from hongyan.client.media_policy import MediaSettings, When
from hongyan.model.messages import Picture, Text, Video

SAID = """
picture = { when = "always", up_to = 1 }
[chats."老王"]
picture = { when = "never" }
"""


def test_pictures_come_and_videos_wait() -> None:
    """When nobody says otherwise; a text has no file."""
    settings = MediaSettings()
    picture, video = settings.rule(Picture(), []), settings.rule(Video(), [])
    assert picture is not None
    assert video is not None
    assert (picture.fetches(20 << 20), picture.fetches((20 << 20) + 1)) == (True, False)
    assert video.when is When.ON_DEMAND
    assert not video.fetches(1)
    assert settings.rule(Text(), []) is None


def test_a_chat_has_rules_of_its_own() -> None:
    """They go before the general ones, which go before ours."""
    settings = msgspec.convert(tomllib.loads(SAID), MediaSettings)
    special, general = settings.rule(Picture(), ["k1", "老王"]), settings.rule(Picture(), ["k2"])
    assert special is not None
    assert general is not None
    assert special.when is When.NEVER
    assert (general.fetches(1 << 20), general.fetches(2 << 20)) == (True, False)
    assert settings.rule(Video(), ["老王"]) == MediaSettings().rule(Video(), [])
