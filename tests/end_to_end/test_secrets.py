"""What could open the account is in no log, no repr, no error and no transcript; traffic goes where it should."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from hongyan.emulator import compose
from hongyan.errors import HongyanError
from hongyan.model.commands import AcceptFriend
from hongyan.model.messages import FriendRequest

from .test_talk import next_message

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from hongyan.client.account import Account
    from hongyan.client.engine.active_login import ActiveLogin
    from hongyan.emulator import Emulator
    from hongyan.model.login_progress import LoginProgress

    from .conftest import Opener


def canaries(service: Emulator) -> set[str]:
    """Return every secret of the newest login, as it is and percent-encoded."""
    login = service.latest_login()
    assert login is not None
    told = {
        name: str(value) for name, value in login.secrets.to_json().items() if name != "loadtime"
    }  # a time
    secrets = set(told.values())
    account = service.account_of_login(login)
    secrets |= {str(account.uin), *account.requests.values()}
    return (
        secrets
        | {quote(s, safe="") for s in secrets}
        | {s.partition("@crypt_")[2] for s in secrets if "@crypt_" in s}
    )


def shown(account: Account, holder: ActiveLogin, told: list[LoginProgress]) -> Iterator[str]:
    """Yield the repr of every public value that a login leads to."""
    yield from map(repr, (account, account.me, account.status(), holder, *told))
    yield from map(repr, account.archive.journal())
    yield from map(repr, account.outbox())
    yield from map(repr, (*account.contacts(), *account.groups()))
    for recorded in account.archive.journal():
        incoming = account.incoming(recorded)
        yield from map(repr, (incoming, incoming.message if incoming else None))
    backend: Any = holder._backend
    for part in (
        holder._saved,
        holder._profile.vault,
        holder._profile.vault.load(),
        backend,
        backend._credentials,
        backend._machine,
        backend._machine.position,
        backend._api,
    ):
        yield repr(part)
    yield repr(holder._profile.vault.saved)
    yield repr(holder._profile.vault.keepsake())


async def faults(account: Account, service: Emulator) -> list[str]:
    """Return the words and reprs of errors of every sort."""
    words = []
    for action, value in (
        ("ret", 1204),
        ("ret", 1),
        ("lost", None),
        ("body", "<html>?</html>"),
        ("truncate", None),
        ("rate_limit", None),
    ):
        service.faults.add(action, "webwxsendmsg", value, count=2)
        receipt = await account.send(account.find("Alice"), "x")
        try:
            await receipt.accepted(2.5)
        except HongyanError as error:
            words += [str(error), repr(error), error.advice, str(error.__cause__)]
        service.faults.clear()
    with contextlib.suppress(HongyanError):
        await account.fetch(account.archive.journal()[0])
    return words


async def test_no_secret_is_shown_anywhere(
    service: Emulator,
    open_client: Opener,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Seeded by the server, looked for in everything that a person or a program may see."""
    caplog.set_level(logging.DEBUG)
    transcript = tmp_path / "transcript.jsonl"
    told: list[LoginProgress] = []
    async with open_client(on_login=told.append, transcript=str(transcript)) as (account, holder):
        await account.ready(10)
        secrets = canaries(service)
        assert len(secrets) > 8
        service.person("Alice").sends(compose.Composed(3, "", files={"full": b"\x89PNG"}))
        picture = await next_message(account)
        await account.fetch(picture.recorded)
        path = tmp_path / "f.bin"
        path.write_bytes(bytes(600_000))
        await (await account.send(account.find("Alice"), path)).accepted(10)
        service.person("Xena").asks("please")
        request = await next_message(account, FriendRequest)
        secrets |= canaries(service)
        await (await account.do(AcceptFriend(seq=request.recorded.seq))).accepted(10)
        places = {
            "repr": "\n".join(shown(account, holder, told)),
            "errors": "\n".join(await faults(account, service)),
        }
    out, err = capfd.readouterr()
    places |= {"log": caplog.text, "output": out + err, "transcript": transcript.read_text("utf-8")}
    assert "webwxuploadmedia" in places["transcript"]
    found = {(place, secret) for place, text in places.items() for secret in secrets if secret in text}
    assert found == set()


async def test_files_of_a_profile_are_their_owners_alone(open_client: Opener, tmp_path: Path) -> None:
    """Folders 0700, files 0600."""
    async with open_client() as (account, _):
        await account.ready(10)
        path = tmp_path / "f.bin"
        path.write_bytes(b"x")
        await (await account.send(account.find("Alice"), path)).accepted(10)
        for part in (tmp_path / "goose", *(tmp_path / "goose").rglob("*")):
            assert part.stat().st_mode & 0o777 == (0o700 if part.is_dir() else 0o600), part


class Proxy:
    """A small HTTP proxy that notes what it carries."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection's requests, one at a time, each over a fresh connection."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = await reader.readuntil(b"\r\n\r\n")
            line, _, rest = head.partition(b"\r\n")
            method, url, version = line.decode().split()
            host, _, path = url.removeprefix("http://").partition("/")
            self.seen.append(path.partition("?")[0].rsplit("/", 1)[-1])
            name, _, port = host.partition(":")
            to_reader, to_writer = await asyncio.open_connection(name, int(port))
            fields = b"\r\n".join(f for f in rest.split(b"\r\n") if not f.lower().startswith(b"connection"))
            to_writer.write(
                f"{method} /{path} {version}\r\nConnection: close\r\n".encode() + fields.lstrip(b"\r\n")
            )
            await asyncio.gather(_pour(reader, to_writer), _pour(to_reader, writer))
        writer.close()


async def _pour(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while piece := await source.read(65536):
            target.write(piece)
            await target.drain()
        target.close()


async def test_with_a_proxy_all_traffic_goes_through_it(
    service: Emulator, open_client: Opener, tmp_path: Path
) -> None:
    """Login, sync, sends, uploads and downloads; nothing beside it."""
    proxy = Proxy()
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    async with server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with open_client(proxy=address) as (account, _):
            await account.ready(10)
            service.person("Alice").sends(compose.Composed(3, "", files={"full": b"\x89PNG"}))
            await account.fetch((await next_message(account)).recorded)
            path = tmp_path / "f.bin"
            path.write_bytes(bytes(600_000))
            await (await account.send(account.find("Alice"), path)).accepted(10)
    expected = {
        "jslogin",
        "login",
        "webwxnewloginpage",
        "webwxinit",
        "synccheck",
        "webwxsync",
        "webwxgetcontact",
    }
    assert expected | {"webwxuploadmedia", "webwxgetmsgimg", "webwxsendappmsg"} <= set(proxy.seen)
