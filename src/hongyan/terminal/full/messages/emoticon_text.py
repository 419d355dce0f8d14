"""Shows the emoticons in a received text as the settings want them: as emoji, as their names, or as both."""

from __future__ import annotations

from hongyan.model.emoticons import find_emoticons, to_emoji

__all__ = ["with_emoji"]


def with_emoji(text: str, how: str) -> str:
    """Return a received text with its emoticons as ``unicode`` emoji, as ``text``, or as ``both``."""
    if how == "text" or "[" not in text:
        return text
    if how == "unicode":
        return to_emoji(text)
    kept, at = [], 0
    for span in find_emoticons(text):
        kept.append(text[at : span.end] + span.emoticon.emoji)
        at = span.end
    return "".join([*kept, text[at:]])
