"""Writes one chat into a folder, as a page to read or as lines for programs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import msgspec

from hongyan.archive.entries import entries
from hongyan.archive.pages import markdown, page
from hongyan.errors import UsageError
from hongyan.files.file_names import named_by_content
from hongyan.files.private_files import copy_private, free_path, make_folder, safe_name
from hongyan.userdirs import expanded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hongyan.client.account import Account, Chat

__all__ = ["write_chat"]

_ENDINGS: Final = {"html": ".html", "markdown": ".md", "json": ".jsonl"}
_EVER: Final = (0.0, 1e12)  # Unix seconds


async def write_chat(account: Account, chat: Chat, form: str, folder: Path) -> Path:
    """Write a chat into a folder as ``html``, ``markdown`` or ``json`` lines, its files beside it; return the file.

    Other tasks of the loop run between the pieces. UsageError where the folder cannot be written.
    """
    try:
        folder = expanded(folder)
        target = await asyncio.to_thread(_new_file, folder, safe_name(chat.name, "chat") + _ENDINGS[form])
        with target.open("w", encoding="utf-8", errors="replace") as file:  # buffered, a little at a time
            for number, piece in enumerate(_pieces(account, chat, form, folder)):
                file.write(piece)
                if number % 200 == 0:
                    await asyncio.sleep(0)
    except OSError as error:
        raise UsageError(f"cannot write into {folder}: {error.strerror or error}") from error
    return target


def _new_file(folder: Path, name: str) -> Path:
    return free_path(make_folder(folder), name)  # which makes it


def _pieces(account: Account, chat: Chat, form: str, folder: Path) -> Iterator[str]:
    def placed(file: Path) -> str:
        name = named_by_content(file)
        copy = folder / "media" / name
        if not copy.exists():
            make_folder(copy.parent)
            copy_private(file, copy)
        return f"media/{name}"

    archived = entries(account, chat, "zh", since=_EVER[0], until=_EVER[1])
    if form == "json":
        return (msgspec.json.encode(entry, enc_hook=str).decode() + "\n" for entry in archived)
    return iter((page if form == "html" else markdown)(chat.name, archived, placed))
