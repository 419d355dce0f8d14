"""``hongyan export`` and ``hongyan import``: a profile's archive as files, and back; the server is not contacted."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import click

from hongyan.archive.entries import entries
from hongyan.archive.lines import check_rows, read_head, read_rows, written
from hongyan.archive.pages import mails, markdown, page
from hongyan.assemble import load_rows, open_rows, open_view
from hongyan.cli.archive import Day
from hongyan.cli.options import NewPath, Options, reporting, run, settings_of, view_options
from hongyan.cli.progress import ProgressBar
from hongyan.errors import UsageError
from hongyan.files.file_names import named_by_content
from hongyan.files.private_files import safe_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hongyan.archive.entries import ArchiveEntry
    from hongyan.client.account import Chat
    from hongyan.model.summary import LanguageTag
    from hongyan.settings import Settings

    Entries = Callable[[Chat], Iterator[ArchiveEntry]]

__all__ = ["export", "import_"]

_ENDLESS: Final = float("inf")
_RENDERED: Final = {"markdown": (markdown, ".md"), "html": (page, ".html")}


@click.command()
@click.argument("chats", nargs=-1)
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "markdown", "html", "mbox"]),
    default="jsonl",
    show_default=True,
    help="jsonl can be imported again; the others are for reading.",
)
@click.option(
    "--out",
    "-o",
    type=NewPath(path_type=Path),
    required=True,
    help="A new file; for markdown and html a new folder.",
)
@click.option("--since", type=Day(), default=0.0, help="Only from this day or time on.")
@click.option("--until", type=Day(), default=_ENDLESS, help="Only before this day or time.")
@click.option("--media/--no-media", default=True, help="Include downloaded media.")
@view_options
def export(
    options: Options, chats: tuple[str, ...], form: str, out: Path, since: float, until: float, *, media: bool
) -> int:
    """Export chat history: all of it, or the CHATS that are named. Credentials are removed."""
    if form == "jsonl" and (chats or since or until != _ENDLESS):
        raise click.UsageError("jsonl is always the whole profile, so that it can be imported again.")

    def work() -> int:
        settings = settings_of(options)
        if out.exists():
            raise UsageError(f"{out} already exists", "Choose another name.")
        with _settling(out) as half:
            if form == "jsonl":
                _write_lines(settings, half)
            else:
                run(_write_chats(options, half, form, chats, (since, until), media=media))
        return 0

    return reporting(options, work)


@contextlib.contextmanager
def _settling(out: Path) -> Iterator[Path]:
    """Give a name to write under; it becomes ``out`` at the end, and an interrupted one is deleted."""
    half = out.with_name(f".{out.name}.half")
    _delete(half)
    try:
        yield half
        half.replace(out)
    except FileNotFoundError as error:
        raise UsageError(
            f"{out} cannot be written: {error.strerror}", "Check that the folder exists and is writable."
        ) from error
    finally:
        _delete(half)


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _private(path: Path) -> IO[bytes]:
    """Open a new file that its owner alone can read."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


def _write_lines(settings: Settings, path: Path) -> None:
    with (
        open_rows(settings) as (head, tables, rows, count),
        _private(path) as file,
        ProgressBar("rows", count) as bar,
    ):
        for line in written(head, tables, rows):
            file.write(line)
            bar.step()


async def _write_chats(
    options: Options,
    place: Path,
    form: str,
    names: Sequence[str],
    within: tuple[float, float],
    *,
    media: bool,
) -> None:
    async with open_view(settings_of(options)) as account:
        chats = [account.find(name) for name in names] or account.chats()
        language: LanguageTag = options.language.value
        since, until = within
        with ProgressBar("messages", sum(map(account.archive.count, chats))) as bar:

            def those(chat: Chat) -> Iterator[ArchiveEntry]:
                return entries(
                    account, chat, language, since=since, until=until, media=media, counted=bar.step
                )

            if form == "mbox":
                _write_mails(place, chats, those)
            else:
                _write_pages(place, form, chats, those)


def _write_mails(place: Path, chats: Sequence[Chat], those: Entries) -> None:
    with _private(place) as file:
        for chat in chats:
            for mail in mails(chat.name, chat.key, those(chat)):
                file.write(mail)


def _write_pages(place: Path, form: str, chats: Sequence[Chat], those: Entries) -> None:
    render, ending = _RENDERED[form]
    place.mkdir(mode=0o700)
    (place / "media").mkdir(mode=0o700)

    def placed(file: Path) -> str:
        name = named_by_content(file)
        copy = place / "media" / name
        if not copy.exists():
            shutil.copyfile(file, copy)
            copy.chmod(0o600)
        return f"media/{name}"

    for chat in chats:
        name = safe_name(f"{chat.name or 'unknown'}-{chat.key[:6]}", "chat") + ending
        with _private(place / name) as file:
            for piece in render(chat.name, those(chat), placed):
                file.write(piece.encode("utf-8", "replace"))


@click.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@view_options
def import_(options: Options, file: Path) -> int:
    """Import FILE, which ``hongyan export --format jsonl`` wrote, into a new profile or into the one it came from.

    All or nothing: a damaged file changes nothing.
    """
    size = file.stat().st_size
    if not file.is_file():
        raise UsageError(f"{file} is not a file", "It is read twice, so it cannot be a pipe.")

    read = 0  # in both readings, each of which is half of the way

    def counted(lines: IO[bytes], bar: ProgressBar) -> Iterator[bytes]:
        nonlocal read
        for line in lines:
            bar.step((read + len(line)) // 2 - read // 2)
            read += len(line)
            yield line

    async def work() -> int:
        with file.open("rb") as lines, ProgressBar("bytes", size) as bar:
            head = read_head(lines.readline())
            check_rows(counted(lines, bar))
            lines.seek(0)
            lines.readline()
            new = await load_rows(
                settings_of(options), head, lambda tables: read_rows(counted(lines, bar), tables)
            )
        click.echo(f"{new} rows were new")
        return 0

    return reporting(options, lambda: run(work()))
