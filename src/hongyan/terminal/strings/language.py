"""The languages of the program, and sentences in them: each table has one row for a sentence, a column for a language."""

from __future__ import annotations

import locale
import os
import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["COLUMNS", "Language", "Words", "language_of", "say"]


class Language(StrEnum):
    """The languages of the program; independent of the account's."""

    ZH = "zh"
    EN = "en"
    ZH_TW = "zh-TW"


def language_of(environment: Mapping[str, str] | None = None) -> Language:
    """Return the language of the machine's settings (``LC_ALL``, ``LC_MESSAGES``, ``LANG``): Chinese, else English.

    Taiwan, Hong Kong and Macau, and a script named ``Hant``, mean traditional characters.
    """
    given = os.environ if environment is None else environment
    named = next((given[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if given.get(name)), "")
    if not named and environment is None:
        named = locale.getlocale()[0] or ""
    named = named.lower()
    if not named.startswith(("zh", "chinese")):
        return Language.EN
    return Language.ZH_TW if _TRADITIONAL.search(named) else Language.ZH


_TRADITIONAL: Final = re.compile(r"[_-](tw|hk|mo|hant)|traditional|taiwan|hong kong|macau")

Words = dict[str, tuple[str, ...]]
"""Sentences by key, each in the order of ``COLUMNS``; one without traditional characters is shown in simplified ones."""

COLUMNS: Final = {Language.ZH: 0, Language.EN: 1, Language.ZH_TW: 2}
"""The column of each language in a table's rows."""


def say(words: Words, key: str, language: Language, /, **values: object) -> str:
    """Return the sentence ``key`` of a table with its values filled in."""
    row = words[key]
    column = COLUMNS[language]
    return row[column if column < len(row) else 0].format(**values)
