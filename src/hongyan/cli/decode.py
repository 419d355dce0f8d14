"""``hongyan decode``: raw payloads in, our events out as JSON; nothing is sent anywhere and secrets are left out."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, BinaryIO

import click

from hongyan.model.display_text import json_safe
from hongyan.webwx.decode import decode as decode_payload

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["decode"]

_LIMIT = 64 * 1024 * 1024  # bytes; a contact list of 10,000 is 9 MB


@click.command()
@click.argument("files", nargs=-1, type=click.File("rb"))
@click.option("--me", default="", help="UserName of the account, to mark its messages as sent.")
@click.option("--lines", is_flag=True, help="Take each line of the input as one payload.")
@click.option("--indent", is_flag=True, help="Print for people: indented.")
def decode(files: tuple[BinaryIO, ...], me: str, *, lines: bool, indent: bool) -> int:
    """Read raw payloads from FILES (or standard input) and print one JSON value per event.

    A payload may be a message, an answer of webwxsync, webwxinit, webwxgetcontact or webwxbatchgetcontact, an answer
    of the login or of synccheck, the XML of a message, or a plain sentence. A payload that cannot be read is printed
    as what="unreadable", and the exit code is 2.
    """
    readable = True
    for payload in _payloads(files or (sys.stdin.buffer,), lines=lines):
        for found in decode_payload(payload, me):
            readable = readable and found.get("what") != "unreadable"
            text = json.dumps(found, ensure_ascii=False, indent=2 if indent else None)
            click.echo("\n".join(json_safe(line) for line in text.split("\n")))
    return 0 if readable else 2


def _payloads(files: tuple[BinaryIO, ...], *, lines: bool) -> Iterator[bytes]:
    for file in files:
        if lines:
            yield from (line for line in file if line.strip())
            continue
        body = file.read(_LIMIT + 1)
        if len(body) > _LIMIT:
            raise click.UsageError(
                f"{file.name} is larger than {_LIMIT // 2**20} MB; split it, or use --lines."
            )
        if not body.strip():
            raise click.UsageError(
                "There is nothing to read. Give a file, or pipe a payload in: hongyan decode < answer.json"
            )
        yield body
