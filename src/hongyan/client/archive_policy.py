"""How long messages are stored: the ``[archive]`` table of the settings; it removes nothing."""

from __future__ import annotations

from collections.abc import Mapping  # msgspec reads the types of the fields
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ArchivePolicy", "ArchiveSettings", "KeepRule"]

_DAY_S: Final = 86_400.0

Keep = float | Literal["forever", "off"]
Recalled = Literal["keep", "drop"]


class KeepRule(Struct, frozen=True):
    """The rule of one chat: ``keep`` is a number of days, forever, or off; ``drops_recalled`` applies to recalled messages."""

    keep: Keep
    drops_recalled: bool

    @property
    def idle(self) -> bool:
        """Whether nothing is ever removed."""
        return self.keep == "forever" and not self.drops_recalled

    def before(self, now: float) -> float:
        """Return the time (Unix seconds) before which messages are removed."""
        if isinstance(self.keep, str):
            return now if self.keep == "off" else float("-inf")
        return now - self.keep * _DAY_S


class ArchivePolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rules; None leaves them to the general ones. ``keep``: "forever", a number of days, or "off" (no longer than the

    registered readers need); ``recalled``: whether a recalled message is kept, or dropped.
    """

    keep: Keep | None = None
    recalled: Recalled | None = None

    def __post_init__(self) -> None:
        if isinstance(self.keep, float) and not 0 < self.keep < float("inf"):
            raise ValueError('keep is "forever", "off", or a number of days above 0')


class ArchiveSettings(ArchivePolicy, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The general rules, and those of single chats by a remark, nickname, alias or the lasting key."""

    chats: Mapping[str, ArchivePolicy] = msgspec.field(default_factory=dict)

    def rule(self, chat: Sequence[str]) -> KeepRule:
        """Return what holds in the chat that has these names and keys."""
        policies = [*(self.chats[name] for name in chat if name in self.chats), self]
        keep: Keep = next((policy.keep for policy in policies if policy.keep is not None), "forever")
        recalled = next((policy.recalled for policy in policies if policy.recalled is not None), "keep")
        return KeepRule(keep, recalled == "drop")

    @property
    def idle(self) -> bool:
        """Whether no rule ever removes anything."""
        return self.rule([]).idle and all(self.rule([name]).idle for name in self.chats)

    @property
    def prompt(self) -> bool:
        """Whether some rule removes what has just come."""
        rules = [self.rule([]), *(self.rule([name]) for name in self.chats)]
        return any(rule.keep == "off" or rule.drops_recalled for rule in rules)
