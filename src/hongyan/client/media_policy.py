"""Which media are fetched without being asked for: the ``[media]`` table of the settings; it fetches nothing."""

from __future__ import annotations

from collections.abc import Mapping  # msgspec reads the types of the fields
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from hongyan.model.messages import File, Picture, Sticker, Video, Voice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hongyan.model.messages import AnyMessage

__all__ = ["CARRIERS", "MediaPolicy", "MediaRule", "MediaSettings", "When"]

CARRIERS: Final = (Picture, Voice, Sticker, Video, File)
"""The kinds of message that carry a file."""

_MIB: Final = 1 << 20


class When(StrEnum):
    """When the file of a message is fetched. ``never`` also keeps a recall from fetching it."""

    NEVER = "never"
    ON_DEMAND = "on-demand"
    ALWAYS = "always"


class MediaRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds for one kind. ``up_to`` bounds ``always`` in MiB, 0 for no bound; larger ones are on demand."""

    when: When = When.ALWAYS
    up_to: float = 20.0

    def fetches(self, size: int) -> bool:
        """Whether a file of ``size`` bytes (0 if unknown) is fetched as it comes in."""
        return self.when is When.ALWAYS and (not self.up_to or size <= self.up_to * _MIB)


_ON_DEMAND: Final = MediaRule(when=When.ON_DEMAND)


class MediaPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule for each kind of message that carries a file; None leaves the kind to the general rules."""

    picture: MediaRule | None = None
    voice: MediaRule | None = None
    sticker: MediaRule | None = None
    video: MediaRule | None = None
    file: MediaRule | None = None


_DEFAULT: Final = MediaPolicy(
    picture=MediaRule(), voice=MediaRule(), sticker=MediaRule(), video=_ON_DEMAND, file=_ON_DEMAND
)


class MediaSettings(MediaPolicy, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The general rules, and those of single chats by a name or by the lasting key."""

    chats: Mapping[str, MediaPolicy] = msgspec.field(default_factory=dict)

    def rule(self, message: AnyMessage, chat: Sequence[str]) -> MediaRule | None:
        """Return what holds for ``message`` in the chat that has these names and keys; None where it has no file."""
        if not isinstance(message, CARRIERS):
            return None
        special = [self.chats[name] for name in chat if name in self.chats]
        found = (getattr(policy, message.kind) for policy in (*special, self, _DEFAULT))
        return next((rule for rule in found if rule is not None), None)
