"""The rules of the archive: which holds in a chat, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan.errors import UsageError
from hongyan.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from hongyan.client.archive_policy import ArchiveSettings

RULES = """
[archive]
keep = 365
[archive.chats."Family"]
keep = "forever"
[archive.chats."老王"]
keep = "off"
recalled = "drop"
"""


def read(folder: Path, text: str) -> ArchiveSettings:
    """Return the rules of a settings file."""
    file = folder / "settings.toml"
    file.write_text(text, "utf-8")
    return load_settings(file).archive


def test_a_chat_has_its_own_rule_else_the_general_one(tmp_path: Path) -> None:
    """By any of its names; without a table everything is kept."""
    rules = read(tmp_path, RULES)
    assert rules.rule(["key", "Family"]).keep == "forever"
    assert (rules.rule(["老王"]).before(1e9), rules.rule(["老王"]).drops_recalled) == (1e9, True)
    assert rules.rule(["somebody"]).before(1e9) == 1e9 - 365 * 86_400
    assert not rules.idle
    assert rules.prompt
    assert read(tmp_path, "").idle


@pytest.mark.parametrize(
    "text", ["keep = 0", "keep = -1", 'keep = "never"', "keep = nan", 'recalled = "hide"', "kept = 3"]
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, text: str) -> None:
    """With the name of the file."""
    with pytest.raises(UsageError, match=r"settings\.toml"):
        read(tmp_path, f"[archive]\n{text}\n")
