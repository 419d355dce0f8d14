"""A chat as a text for people: Markdown, a page that opens offline, or mails; it reads no journal."""

from __future__ import annotations

import html
import re
from base64 import b64encode, encodebytes
from datetime import UTC
from email.generator import BytesGenerator
from email.message import Message
from email.utils import format_datetime
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from mimetypes import guess_type
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from hongyan.files.file_names import named_by_content
from hongyan.files.private_files import safe_name
from hongyan.model.display_text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from hongyan.archive.entries import ArchiveEntry

    Placed = Callable[[Path], str]

__all__ = ["mails", "markdown", "page"]

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MARKS: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~])")
_FROM: Final = re.compile(rb"(?m)^(>*From )")
_LONGEST_LINE: Final = 900  # bytes; mail programs may break longer ones
_LONGEST_WORD: Final = 39  # bytes of an encoded word, so that the first fits after the name of its header
_PICTURES: Final = frozenset({".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp"})
_STYLE: Final = (
    "body{font:16px/1.6 system-ui,'PingFang SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:46em;"
    "margin:2em auto;padding:0 1em;background:#f4f4f2;color:#222}h2{font-size:1em;text-align:center;color:#888}"
    "p{margin:.4em 0;white-space:pre-wrap;overflow-wrap:anywhere}.who{color:#567;margin-right:.6em}"
    "time{color:#999;font-size:.8em;margin-right:.6em}.mine .who{color:#384}.gap{color:#a60;text-align:center}"
    ".recalled{text-decoration:line-through;color:#888}img{max-width:20em;max-height:20em;display:block}"
)
_POLICY: Final = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; media-src 'self'"


def _harmless(text: str) -> str:
    """Return text without characters that move or turn others, and with those that hide spelled out."""
    return clean(_CONTROL.sub("\ufffd", text), newline="\n", tab="\t")


def _days(entries: Iterable[ArchiveEntry]) -> Iterator[tuple[str, Iterator[ArchiveEntry]]]:
    return groupby(entries, key=lambda entry: entry.when.strftime("%Y-%m-%d"))


def markdown(title: str, entries: Iterable[ArchiveEntry], placed: Placed) -> Iterator[str]:
    """Yield the lines of a Markdown text, a heading for each day."""
    yield f"# {_escaped(title)}\n"
    for day, those in _days(entries):
        yield f"\n## {day}\n"
        for entry in those:
            yield _markdown_line(entry, placed)


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\1", _harmless(text)).replace("\n", "  \n")


def _markdown_line(entry: ArchiveEntry, placed: Placed) -> str:
    shown = _escaped(entry.text)
    if entry.gap:
        return f"\n*{shown}*\n"
    if entry.recalled:
        shown = f"~~{shown}~~ (recalled)"
    if entry.file is not None:
        shown = f"[{shown}]({placed(entry.file)})"
    who = f"**{_escaped(entry.who)}**: " if entry.who else ""
    return f"\n{entry.when:%H:%M} {who}{shown}\n"


def page(title: str, entries: Iterable[ArchiveEntry], placed: Placed) -> Iterator[str]:
    """Yield the pieces of an HTML page that needs nothing but itself and the files beside it."""
    name = html.escape(_harmless(title))
    yield (
        f'<!DOCTYPE html>\n<html lang="zh"><head><meta charset="utf-8"><title>{name}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body><h1>{name}</h1>\n'
    )
    for day, those in _days(entries):
        yield f"<h2>{day}</h2>\n"
        for entry in those:
            yield _paragraph(entry, placed)
    yield "</body></html>\n"


def _paragraph(entry: ArchiveEntry, placed: Placed) -> str:
    shown = html.escape(_harmless(entry.text))
    if entry.gap:
        return f'<p class="gap">{shown}</p>\n'
    if entry.recalled:
        shown = f'<span class="recalled">{shown}</span> (recalled)'
    if entry.file is not None:
        shown = f'<a href="{html.escape(placed(entry.file))}">{_shown(entry.file, shown, placed)}</a>'
    who = f'<span class="who">{html.escape(_harmless(entry.who))}</span>' if entry.who else ""
    side = "mine" if entry.mine else "theirs"
    return f'<p class="{side}" id="m{entry.seq}"><time>{entry.when:%H:%M}</time>{who}{shown}</p>\n'


def _shown(file: Path, caption: str, placed: Placed) -> str:
    if PurePath(named_by_content(file)).suffix.lower() in _PICTURES:
        return f'<img src="{html.escape(placed(file))}" alt="{caption}">'
    return caption


def mails(title: str, key: str, entries: Iterable[ArchiveEntry]) -> Iterator[bytes]:
    """Yield a mail for each entry as an mbox file has it, with a line "From " before it; files are attached."""
    for entry in entries:
        head = {
            "From": _address(entry.who or title),
            "To": _address(title),
            "Date": format_datetime(entry.when),
            "Message-ID": f"<{entry.seq}.{key}@hongyan.invalid>",
            "Subject": _header(_one_line(entry.text)[:78] or "-"),
        }
        text = _harmless(entry.text) + ("\n(recalled)" if entry.recalled else "")
        mail = (
            _plain_mail(head, text)
            if entry.file is None
            else _mail_with_file(head, text, entry.file, entry.name)
        )
        yield f"From hongyan {entry.when.astimezone(UTC):%a %b %d %H:%M:%S %Y}\n".encode() + mail + b"\n"


def _plain_mail(head: Mapping[str, str], text: str) -> bytes:
    """Return a mail with a text only, built without the library, which takes two milliseconds for one."""
    body = text.encode("utf-8", "replace")
    long = max(map(len, body.split(b"\n"))) > _LONGEST_LINE
    coding = "base64" if long else "8bit"
    lines = [*(f"{name}: {value}" for name, value in head.items()), "MIME-Version: 1.0"]
    lines += ["Content-Type: text/plain; charset=utf-8", f"Content-Transfer-Encoding: {coding}", "", ""]
    return "\n".join(lines).encode() + (encodebytes(body) if long else _FROM.sub(rb">\1", body) + b"\n")


def _mail_with_file(head: Mapping[str, str], text: str, file: Path, called: str) -> bytes:
    mail = Message()
    for name, value in head.items():
        mail[name] = value
    mail["MIME-Version"] = "1.0"
    mail["Content-Type"] = "multipart/mixed"
    name = safe_name(called, file.name) if called else named_by_content(file)
    kind = guess_type(name)[0] or "application/octet-stream"
    for content, content_type in (
        (text.encode("utf-8", "replace"), 'text/plain; charset="utf-8"'),
        (file.read_bytes(), kind),
    ):
        part = Message()
        part["Content-Type"] = content_type
        part["Content-Transfer-Encoding"] = "base64"
        part.set_payload(encodebytes(content).decode())
        mail.attach(part)
    part.add_header("Content-Disposition", "attachment", filename=name)
    written = BytesIO()
    BytesGenerator(written, mangle_from_=True).flatten(mail)
    return written.getvalue()


@lru_cache(maxsize=1000)
def _header(text: str) -> str:
    """Return text in the form of a header: non-ASCII text as encoded words of whole characters, a line for each."""
    if text.isascii():
        return text
    words = [""]
    for character in text:
        if len((words[-1] + character).encode("utf-8", "replace")) > _LONGEST_WORD:
            words.append("")
        words[-1] += character
    coded = (b64encode(word.encode("utf-8", "replace")).decode() for word in words)
    return "\n ".join(f"=?utf-8?b?{word}?=" for word in coded)


def _one_line(text: str) -> str:
    return " ".join(_harmless(text).split())


def _address(name: str) -> str:
    quoted = _one_line(name).replace("\\", "").replace('"', "")
    return (
        f"{_header(quoted)} <nobody@hongyan.invalid>"
        if not quoted.isascii()
        else f'"{quoted}" <nobody@hongyan.invalid>'
    )
