"""Exports for people and programs, and the way back, by the commands' own code on profiles without a server."""

from __future__ import annotations

import asyncio
import json
import mailbox
import sys
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from lxml import html

from hongyan.assemble import load_rows, open_rows
from hongyan.cli.archive import history, search
from hongyan.cli.export_import import export, import_
from hongyan.cli.progress import ProgressBar
from hongyan.client.archive import AccountArchive
from hongyan.files.attachments import keep_copy
from hongyan.model.chat_state import ChatState
from hongyan.model.commands import Outcome, RecallMessage, SendFile, SendText, Settlement
from hongyan.model.contacts import ContactChange, ContactKind
from hongyan.model.events import Gap, MessageReceived
from hongyan.model.ids import ClientMsgId, LoginId, MsgId, Seq, TransientName
from hongyan.model.media_files import MediaFile, Verified
from hongyan.model.messages import Picture, Recall, Text
from hongyan.settings import Settings
from hongyan.store.database import Database
from hongyan.store.dump import TABLES
from hongyan.store.sqlite import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from click.testing import Result

    from hongyan.client.account import Chat
    from hongyan.model.events import Recorded

LOGIN = LoginId("first")
EVIL = '<script src="http://evil.example/x.js">alert(1)</script>'
ALICE = TransientName("@alice")


def _text(number: int, text: str) -> tuple[MessageReceived, bytes]:
    message = Text(
        id=MsgId(str(number)), chat=ALICE, sender=ALICE, text=text, created_at=1_700_000_000 + number
    )
    return MessageReceived(message=message), b'{"Content": "x", "Ticket": "v2_secret-ticket@stranger"}'


@pytest.fixture
async def home(tmp_path: Path) -> Path:
    """Return the folder of a profile with a friend, texts, a recall, a gap, an own send and a picture that was fetched."""
    home = tmp_path / "home"
    database = Database(home / "default" / "journal.db")
    store = open_store(database, "me")
    await store.append([], login=LOGIN, received_at=1.0, position=b"secret keys")
    me = ContactChange(name=TransientName("@me"), kind=ContactKind.SELF, nickname="鸿雁")
    friend = ContactChange(name=ALICE, kind=ContactKind.FRIEND, nickname=f"Alice{EVIL}", in_contacts=True)
    await store.directory.learn(LOGIN, [me, friend], "contacts")
    await store.login.set_complete(LOGIN, complete=True)
    recall = Recall(id=MsgId("3"), chat=ALICE, sender=ALICE, recalled=MsgId("2"), created_at=1_700_000_100)
    picture = Picture(id=MsgId("4"), chat=ALICE, sender=ALICE, created_at=1_700_000_200)
    gap = Gap(since=1_700_000_210.0, until=1_700_000_300.0, reason="new-login")
    events = [_text(1, f"你好 {EVIL}\n第二行\x1b[31m"), _text(2, "taken back")]
    events += [(MessageReceived(message=recall), b""), (MessageReceived(message=picture), b"")]
    await store.append([*events, (gap, b"")], login=LOGIN, received_at=1_700_000_000.0)
    media = home / "default" / "media" / "ab" / "abcd.png"
    media.parent.mkdir(parents=True)
    media.write_bytes(b"\x89PNG picture")
    key = store.directory.key_of(LOGIN, ALICE)
    assert key is not None
    await store.archive.keep_file(
        MediaFile(
            seq=Seq(4),
            size="full",
            path="ab/abcd.png",
            bytes=media.stat().st_size,
            sha256="abcd",
            md5="",
            verified=Verified.UNANNOUNCED,
            kept_at=1_700_000_400.0,
        )
    )
    row = await store.outbox.enqueue(SendText(chat=key, text="再见"), ClientMsgId("77"), now=1_700_000_400.0)
    await store.settle(Settlement(row.id, Outcome.ACCEPTED, "77"), now=1_700_000_400.0)
    database.close()
    return home


def _run(command: object, *arguments: str, home: Path) -> Result:
    return CliRunner().invoke(command, [*arguments, "--home", str(home), "--lang", "en"])  # type: ignore[arg-type]  # a command


def _exported(home: Path, form: str, out: Path, *more: str) -> Path:
    result = _run(export, "--format", form, "--out", str(out), *more, home=home)
    assert result.return_value in {0, None}, result.output
    assert out.exists(), result.output
    return out


def test_an_import_gives_the_same_export(home: Path, tmp_path: Path) -> None:
    """Byte for byte, into a new profile; a second import adds nothing; the histories are alike."""
    first = _exported(home, "jsonl", tmp_path / "first.jsonl")
    other = tmp_path / "other"
    assert _run(import_, str(first), home=other).output.startswith("1")
    second = _exported(other, "jsonl", tmp_path / "second.jsonl")
    assert first.read_bytes() == second.read_bytes()
    assert _run(import_, str(first), home=other).output == "0 rows were new\n"
    name = f"Alice{EVIL}"
    assert _run(history, name, home=home).output == _run(history, name, home=other).output != ""


async def test_what_was_imported_is_read(home: Path, tmp_path: Path) -> None:
    """Its chats have nothing unread, up to their ends; drafts stay where they were written."""
    settings, other = Settings(home=str(home)), Settings(home=str(tmp_path / "other"))
    database = Database(settings.folder / "journal.db")
    store = open_store(database, "me")
    key = store.directory.key_of(LOGIN, ALICE)
    assert key is not None
    assert store.chat_state.of(key).unread == 3
    await store.chat_state.keep_draft(key, "x", quoting=Seq(0), attached=(), now=1.0)
    database.close()
    first = await asyncio.to_thread(_exported, home, "jsonl", tmp_path / "first.jsonl")
    await asyncio.to_thread(_run, import_, str(first), home=tmp_path / "other")
    database = Database(other.folder / "journal.db")
    store = open_store(database, "me")
    last = store.journal.last(key)
    assert last is not None
    assert store.chat_state.of(key) == ChatState(read=last.seq)
    database.close()


def test_no_key_or_ticket_leaves(home: Path, tmp_path: Path) -> None:
    """Neither in what was received nor from the position with the server; the file is private."""
    first = _exported(home, "jsonl", tmp_path / "first.jsonl")
    assert b"secret" not in first.read_bytes()
    assert first.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda lines: lines[:-1], "breaks off"),
        (lambda lines: [*lines[:3], b"{half", *lines[4:]], "line 4 is not JSON"),
        (lambda lines: [*lines[:3], *lines[4:]], "rows were written"),
        (lambda lines: [*lines[:3], b'{"table": "secrets"}', *lines[4:]], "line 4 is not a row"),
        (lambda lines: lines[1:], "not an export"),
        (lambda lines: [lines[0].replace(b'"version":1', b'"version":9'), *lines[1:]], "version 9"),
    ],
)
def test_a_damaged_file_changes_nothing(home: Path, tmp_path: Path, damage: object, told: str) -> None:
    """The error names the line, and the profile stays empty."""
    lines = _exported(home, "jsonl", tmp_path / "first.jsonl").read_bytes().splitlines()
    broken = tmp_path / "broken.jsonl"
    broken.write_bytes(b"\n".join(damage(lines)) + b"\n")  # type: ignore[operator]  # a function
    other = tmp_path / "other"
    assert told in _run(import_, str(broken), home=other).output
    assert "not logged in" in _run(history, "x", home=other).output


def test_another_account_is_not_mixed_in(home: Path, tmp_path: Path) -> None:
    """A profile that holds somebody else refuses."""
    first = _exported(home, "jsonl", tmp_path / "first.jsonl")
    lines = first.read_bytes().splitlines()
    head = json.loads(lines[0])
    stranger = tmp_path / "stranger.jsonl"
    stranger.write_bytes(b"\n".join([json.dumps({**head, "me": "other"}).encode(), *lines[1:]]) + b"\n")
    assert "another account" in _run(import_, str(stranger), home=home).output


def test_a_page_opens_offline_and_runs_nothing(home: Path, tmp_path: Path) -> None:
    """Names and texts are texts; pictures lie beside it; gaps and recalls are shown."""
    folder = _exported(home, "html", tmp_path / "pages")
    (file,) = folder.glob("*.html")
    tree = html.document_fromstring(file.read_bytes().decode())
    assert list(tree.iter("script")) == []
    assert [image.get("src") for image in tree.iter("img")] == ["media/abcd.png"]
    assert (folder / "media" / "abcd.png").read_bytes() == b"\x89PNG picture"
    addresses = [value for node in tree.iter() for name, value in node.items() if name in {"src", "href"}]
    assert all("://" not in address for address in addresses)
    text = "".join(str(part) for part in tree.itertext())
    assert EVIL in text
    assert "\x1b" not in text
    assert "not connected" in text
    assert [node.text for node in tree.iter("span") if node.get("class") == "recalled"] == ["taken back"]
    assert "再见" in text


def test_markdown_has_days_and_no_markup_of_others(home: Path, tmp_path: Path) -> None:
    """What people wrote stands as they wrote it."""
    folder = _exported(home, "markdown", tmp_path / "pages", "--no-media")
    (file,) = folder.glob("*.md")
    text = file.read_text("utf-8")
    assert "\n## 2023-11-1" in text
    assert "\\<script" in text
    assert "~~taken back~~" in text
    assert list((folder / "media").iterdir()) == []


def test_mails_are_read_by_any_mail_program(home: Path, tmp_path: Path) -> None:
    """One for each entry, with the date it had, and the picture attached."""
    box = mailbox.mbox(_exported(home, "mbox", tmp_path / "box"))
    mails = list(box)
    assert len(mails) == 6
    assert len({mail["Message-ID"] for mail in mails}) == 6
    assert any(part.get_filename() == "abcd.png" for mail in mails for part in mail.walk())
    assert "2023" in mails[0]["Date"]
    box.close()


def test_nothing_is_overwritten_and_nothing_half_is_left(home: Path, tmp_path: Path) -> None:
    """A name that is taken is refused; an export that fails leaves no file."""
    taken = tmp_path / "taken"
    taken.write_text("mine")
    assert "already exists" in _run(export, "--out", str(taken), home=home).output
    assert taken.read_text() == "mine"
    failed = _run(export, "nobody", "--format", "html", "--out", str(tmp_path / "new"), home=home)
    assert "nobody" in failed.output
    assert not list(tmp_path.glob("*new*")) + list(tmp_path.glob(".*new*"))


def test_a_dash_is_no_name_for_an_export(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere it stands for standard output; no file of that name is left instead."""
    monkeypatch.chdir(tmp_path)
    refused = _run(export, "--out", "-", home=home)
    assert (refused.exit_code, "standard output" in refused.output) == (2, True)
    assert not (tmp_path / "-").exists()
    assert _run(export, "--out", "./-", home=home).exit_code == 0
    assert (tmp_path / "-").exists()


def test_a_mail_says_what_was_written(home: Path, tmp_path: Path) -> None:
    """Names and subjects that are not ASCII, a body that looks like the beginning of a mail, and one with a file."""
    database = Database(home / "default" / "journal.db")
    asyncio.run(
        open_store(database, "me").append(
            [_text(8, "From here on 一二三\n>From there"), _text(9, "长" * 700)],
            login=LOGIN,
            received_at=1_700_000_500.0,
        )
    )
    database.close()
    box = mailbox.mbox(_exported(home, "mbox", tmp_path / "box"))
    mails = [message_from_bytes(mail.as_bytes(), policy=default) for mail in box]
    box.close()
    found = [body for mail in mails if (body := mail.get_body()) is not None]
    assert len(found) == len(mails)
    bodies = [body.get_content().rstrip("\n") for body in found]
    assert ">From here on 一二三\n>>From there" in bodies  # mangled as mbox demands
    assert "长" * 700 in bodies
    assert [mail["Subject"] for mail in mails][:2] == [f"你好 {EVIL} 第二行\ufffd[31m"[:78], "taken back"]
    assert {"鸿雁 <nobody@hongyan.invalid>"} <= {mail["From"] for mail in mails}
    (attached,) = [part for mail in mails for part in mail.iter_attachments()]
    assert (attached.get_filename(), attached.get_content()) == ("abcd.png", b"\x89PNG picture")


def test_a_long_chat_is_read_a_page_at_a_time(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written is the same, wherever the pages end."""
    whole = _exported(home, "html", tmp_path / "whole")
    asked: list[int] = []
    conversation = AccountArchive.conversation

    def counted(
        self: AccountArchive, chat: Chat, *, after: Seq | None = None, limit: int = 0
    ) -> list[Recorded]:
        asked.append(limit)
        return conversation(self, chat, after=after, limit=limit)

    monkeypatch.setattr("hongyan.archive.entries._PAGE", 2)
    monkeypatch.setattr(AccountArchive, "conversation", counted)
    pages = _exported(home, "html", tmp_path / "pages")
    assert [f.read_bytes() for f in whole.glob("*.html")] == [f.read_bytes() for f in pages.glob("*.html")]
    assert len(asked) > 2
    assert set(asked) == {2}


async def _sent(home: Path, path: Path, name: str) -> None:
    """Note a file as sent from ``path``."""
    database = Database(home / "default" / "journal.db")
    store = open_store(database, "me")
    key = store.directory.key_of(LOGIN, ALICE)
    assert key is not None
    command = SendFile(chat=key, path=str(path), name=name, size=9, md5="", form="file")
    row = await store.outbox.enqueue(command, ClientMsgId("79"), now=1_700_000_500.0)
    await store.settle(Settlement(row.id, Outcome.ACCEPTED, "79"), now=1_700_000_500.0)
    database.close()


def test_what_was_sent_is_found_in_a_profile_that_was_moved(home: Path, tmp_path: Path) -> None:
    """The copy lies in the profile, wherever that was when it was noted; a mail has it under the name that it was sent with."""
    folder = home / "default" / "media"
    (tmp_path / "报告.txt").write_text("the report", "utf-8")
    copy = keep_copy(tmp_path / "报告.txt", folder)
    asyncio.run(_sent(home, Path("/gone") / copy.path.relative_to(tmp_path), "报告.txt"))
    pages = _exported(home, "markdown", tmp_path / "pages")
    assert (pages / "media" / copy.path.name).read_text("utf-8") == "the report"
    box = mailbox.mbox(_exported(home, "mbox", tmp_path / "box"))
    named = [message_from_bytes(bytes(mail), policy=default).walk() for mail in box]
    assert "报告.txt" in {part.get_filename() for parts in named for part in parts}
    box.close()


@pytest.mark.parametrize("noted", ["{outside}", "{media}/../journal.db", "{media}/aa/link", "relative"])
def test_an_archive_takes_no_other_file_of_this_machine_along(home: Path, tmp_path: Path, noted: str) -> None:
    """A row that was imported may say that any file was sent; only the profile's own copies count."""
    media = home / "default" / "media"
    digest = "aa" + "0" * 62
    outside = tmp_path / digest
    outside.write_text("a secret", "utf-8")
    (media / "aa").mkdir()
    (media / "aa" / ("aa" + "1" * 62)).symlink_to(outside)
    noted = noted.replace("link", "aa" + "1" * 62).format(outside=outside, media=media)
    asyncio.run(_sent(home, Path(noted), "report.txt"))
    pages = _exported(home, "markdown", tmp_path / "pages")
    assert [file.name for file in (pages / "media").iterdir()] == ["abcd.png"]


def test_an_own_message_that_was_taken_back_is_marked(home: Path, tmp_path: Path) -> None:
    """As those of others are."""

    async def taken_back() -> None:
        database = Database(home / "default" / "journal.db")
        store = open_store(database, "me")
        key = store.directory.key_of(LOGIN, ALICE)
        assert key is not None
        row = await store.outbox.enqueue(
            RecallMessage(chat=key, message=MsgId("77")), ClientMsgId("78"), now=1.0
        )
        await store.settle(Settlement(row.id, Outcome.ACCEPTED), now=1.0)
        database.close()

    asyncio.run(taken_back())
    (file,) = _exported(home, "markdown", tmp_path / "pages").glob("*.md")
    assert "~~再见~~ (recalled)" in file.read_text("utf-8")


async def test_an_interrupted_import_changes_nothing(home: Path, tmp_path: Path) -> None:
    """What was written until then is undone, though the reading goes on in another thread."""
    other = Settings(home=str(tmp_path / "other"))
    loop, begun = asyncio.get_running_loop(), asyncio.Event()
    with open_rows(Settings(home=str(home))) as (head, _, rows, count):
        stored = {table: list(rows(table)) for table in TABLES}
    assert count == sum(map(len, stored.values()))

    def slowly(tables: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, tuple[object, ...]]]:
        yield from ((table, row) for table in tables for row in stored[table])
        loop.call_soon_threadsafe(begun.set)
        for _ in range(500_000):
            yield "journal", stored["journal"][0]

    importing = asyncio.create_task(load_rows(other, head, slowly))
    await begun.wait()
    importing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await importing
    assert not (tmp_path / "other" / "default").exists()


@pytest.mark.parametrize("watched", [True, False])
def test_progress_is_a_bar_or_lines(
    watched: bool,  # a parameter
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A bar that is cleared at the end on a terminal; ten lines where nobody watches, none for little work."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: watched)
    monkeypatch.setattr("hongyan.cli.progress._PAUSE_S", 0.0)
    with ProgressBar("rows", 20_000) as bar:
        for _ in range(20):
            bar.step(1_000)
    err = capsys.readouterr().err
    if watched:
        assert "[############............] 50% of 20,000 rows" in err
        assert err.endswith("\r\x1b[K")
    else:
        assert err.splitlines() == [f"{share}0% of 20,000 rows" for share in range(1, 11)]
    with ProgressBar("rows", 100) as bar:
        bar.step(100)
    assert watched or not capsys.readouterr().err


TIMES = [10**15, 253402300800, -1, -(10**12), 1, (1 << 63) - 1]


@pytest.fixture
async def timeless(tmp_path: Path) -> Path:
    """Return the folder of a profile whose journal holds times of no calendar, as older versions wrote them."""
    home = tmp_path / "timeless"
    database = Database(home / "default" / "journal.db")
    store = open_store(database, "me")
    await store.append([], login=LOGIN, received_at=1.0, position=b"keys")
    friend = ContactChange(name=ALICE, kind=ContactKind.FRIEND, nickname="Alice", in_contacts=True)
    await store.directory.learn(LOGIN, [friend], "contacts")
    events = [
        (
            MessageReceived(
                message=Text(id=MsgId(str(n)), chat=ALICE, sender=ALICE, text="早安", created_at=at)
            ),
            b"",
        )
        for n, at in enumerate(TIMES, 1)
    ]
    gaps = [(Gap(since=-1e300, until=1e300, reason="new-login"), b"")]
    await store.append([*events, *gaps], login=LOGIN, received_at=1_700_000_000.0)
    database.close()
    return home


@pytest.mark.parametrize("command", [history, search])
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_times_of_no_calendar_are_shown(timeless: Path, command: object, form: tuple[str, ...]) -> None:
    """Each message is there, under the time at which it was written down."""
    words = ["Alice"] if command is history else ["早安"]
    result = _run(command, *words, *form, home=timeless)
    assert result.return_value in {0, None}, result.output
    assert sum("早安" in row for row in result.output.splitlines()) == len(TIMES)


@pytest.mark.parametrize("form", ["jsonl", "markdown", "html", "mbox"])
def test_times_of_no_calendar_are_exported(timeless: Path, tmp_path: Path, form: str) -> None:
    """In every form; so a profile that holds one can be taken along."""
    result = _run(export, "--format", form, "--out", str(tmp_path / "out"), home=timeless)
    assert result.return_value in {0, None}, result.output
    files = [p for p in [tmp_path / "out", *(tmp_path / "out").rglob("*")] if p.is_file()]
    assert files
    if form in {"markdown", "html"}:
        assert "2023-11-1" in "".join(p.read_text("utf-8") for p in files)
