"""How the service writes text and XML into its JSON strings; independent of their content.

Text: the five entities, `<br/>` for a line break, and for older phones emoji as `<span class="emoji emoji1f604"></span>` (seen
in itchat, wechat4u). XML payloads: only `&`, `<` and `>` become entities, quotes stay (captured 2017: picture, voice, recall).
"""

from __future__ import annotations

import re

__all__ = ["emoji_spans", "wire_text", "wire_xml"]

# A keycap, a flag of two regional indicators, or one pictograph of Unicode 6. Later ones, and what joins them (U+200D, U+FE0F,
# skin tones), stay as they are: spans and raw emoji occur in one captured name.
_EMOJI = re.compile(
    r"(?P<key>[0-9#*])\ufe0f?\u20e3"
    r"|[\U0001f1e6-\U0001f1ff]{2}"
    r"|[\U0001f004\U0001f0cf\U0001f300-\U0001f3fa\U0001f400-\U0001f4fc\U0001f500-\U0001f53d\U0001f550-\U0001f567"
    r"\U0001f5fb-\U0001f640\U0001f645-\U0001f64f\U0001f680-\U0001f6c5\u2600-\u27bf\u231a\u231b\u23e9-\u23f3\u2b50\u2b55]"
)
_TEXT = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "\r": "", "\n": "<br/>"}
)
_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "", "\n": "<br/>"})


def wire_text(value: str, *, spans: bool = False) -> str:
    """A person's text, as written in `Content`; with `spans`, as an older phone sends it and as names always are."""
    escaped = value.translate(_TEXT)
    return emoji_spans(escaped) if spans else escaped


def wire_xml(xml: str) -> str:
    """An XML payload, as written in `Content`."""
    return xml.translate(_XML)


def emoji_spans(value: str) -> str:
    """Every emoji as an empty span that names its code points: 4 or 5 hex digits, 6 for a keycap, 10 for a flag."""
    return _EMOJI.sub(_span, value)


def _span(found: re.Match[str]) -> str:
    characters = found["key"] + "\u20e3" if found["key"] else found[0]
    code = "".join(f"{ord(each):x}" for each in characters)
    return f'<span class="emoji emoji{code}"></span>'
