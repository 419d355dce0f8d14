"""Replaces the generated blocks of a page and leaves the prose between them alone.

A block begins with ``<!-- generated: NAME -->`` and ends with ``<!-- end -->``, each on its own line.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

DOCS = Path(__file__).resolve().parents[1]
_BLOCK = re.compile(r"(<!-- generated: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def update(name: str, blocks: Mapping[str, str], *, write: bool) -> bool:
    """Return whether a page differs from what the code says, and write it if asked. KeyError for an unknown block."""
    page = DOCS / name
    before = page.read_text("utf-8")
    after = _BLOCK.sub(lambda m: f"{m[1]}\n{blocks[m[2]].strip()}\n\n{m[3]}", before)
    unused = blocks.keys() - {found[1] for found in _BLOCK.findall(before)}
    if unused:
        raise KeyError(f"{name} has no place for {', '.join(sorted(unused))}")
    if write and after != before:
        page.write_text(after, "utf-8")
    return after != before


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; pipes in cells are escaped."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(_cell(c) for c in line) + " |" for line in lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def code(value: object, language: str = "json") -> str:
    """Return a code block: text as it is, anything else as indented JSON."""
    text = value if isinstance(value, str) else as_json(value)
    return f"```{language}\n{text.strip()}\n```"


def as_json(value: Any, default: Any = None) -> str:
    """Return JSON with short lists and objects on one line."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=default)
    short = re.compile(r"([\[{])\n\s+([^\[\]{}]{1,90}?)\n\s+([\]}])")
    return short.sub(lambda m: m[1] + re.sub(r"\s*\n\s*", " ", m[2]) + m[3], text)


def first_sentence(doc: str | None) -> str:
    """Return the first sentence of a docstring on one line, code in single backticks."""
    text = " ".join((doc or "").split("\n\n")[0].split()).replace("``", "`")
    found = re.match(r"(.*?[.!])(?=\s[A-Z`]|\Z)", text)
    return found[1] if found else text


def prose(doc: str | None) -> str:
    """Return a whole docstring as Markdown paragraphs."""
    paragraphs = (" ".join(p.split()) for p in (doc or "").replace("``", "`").split("\n\n"))
    return "\n\n".join(p for p in paragraphs if p)
