"""The webhook against a real HTTP server on this machine: what is posted, what becomes of the answer, what is never told."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from hongyan.bot.webhook import Webhook, sign, webhook
from hongyan.errors import UsageError

from .house import House, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SECRET = "canary-of-the-hook"


PACKED = {"Content-Encoding": "gzip", "Content-Type": "text/plain"}


@dataclass
class Server:
    """Answers by ``answers`` in turn (the last one again and again), and keeps what it got."""

    url: str = ""
    answers: list[web.Response | float] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        """Note a request and answer it, or wait as long as a number says first."""
        self.got.append((dict(request.headers), await request.read()))
        if request.path == "/else":
            return web.Response(text="from elsewhere")
        now = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(now, float):
            await asyncio.sleep(now)
            return web.Response(text="too late")
        # A response object serves once.
        return web.Response(
            status=now.status,
            body=now.body,
            content_type=now.content_type,
            headers={"Retry-After": "0", "Location": "/else"},
        )

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """What was posted."""
        return [json.loads(body) for _, body in self.got]


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """Return a server on a free port."""
    server = Server()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", server.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    server.url = f"http://127.0.0.1:{port}/hook?token={SECRET}"
    yield server
    await runner.cleanup()


def _json(value: object) -> web.Response:
    return web.json_response(value)


async def test_a_message_is_posted_and_the_answer_sent(house: House, server: Server) -> None:
    """The round trip, with everything that schema 1 has."""
    server.answers = [web.Response(text="pong\n")]
    async with running(webhook(Webhook(server.url, SECRET)), house.account):
        await house.says("@bob", "@灰灰\u2005ping 你好", group="@@home")
        assert await house.answered(1) == [("家人", "pong")]
    [body] = server.bodies
    headers, raw = server.got[0]
    assert body["schema"] == 1
    assert body["kind"] == "text"
    assert body["text"] == "@灰灰\u2005ping 你好"
    assert (body["chat"]["name"], body["chat"]["kind"], body["chat"]["group"]) == ("家人", "group", True)
    assert (body["sender"]["name"], body["sender"]["shown_as"]) == ("Bob", "Bob")
    assert body["mentions"] == [
        {"start": 0, "end": 3, "text": "@灰灰", "certainty": "certain", "me": True, "everyone": False}
    ]
    assert body["mentions_me"] == "yes"
    assert body["redelivered"] is False
    assert all(isinstance(body[key], str) for key in ("seq", "id"))
    assert headers["X-Hongyan-Event"] == body["seq"]
    assert headers["X-Hongyan-Signature"] == sign(SECRET, headers["X-Hongyan-Timestamp"], raw)


@pytest.mark.parametrize(
    ("answer", "sent"),
    [
        (web.Response(text="  hello\n"), ["hello"]),
        (_json({"reply": "hello"}), ["hello"]),
        (_json({"reply": ["one", "two"]}), ["one", "two"]),
        (_json({"reply": "bad \ud800 half"}), ["bad \ufffd half"]),
        (_json({"reply": None}), []),
        (_json({"reply": ""}), []),
        (_json({}), []),
        (web.Response(status=204), []),
        (web.Response(text=""), []),
        (web.Response(body=gzip.compress(b"yes, but not before Friday")[:-12], headers=PACKED), []),
        (_json({"reply": 5}), []),
        (_json(["hello"]), []),
        (web.Response(body=b"{", content_type="application/json"), []),
        (web.Response(text="<h1>It works</h1>", content_type="text/html"), []),
        (web.Response(body=b"\xff\xfe", content_type="text/plain"), []),
        (web.Response(text="x" + " " * 70_000), []),
        (web.Response(status=404, text="not found"), []),
        (web.Response(status=302, text="elsewhere"), []),
    ],
)
async def test_what_becomes_of_an_answer(
    house: House, server: Server, answer: web.Response, sent: list[str]
) -> None:
    """Texts are sent; nothing else is, and no error page ever."""
    server.answers = [answer]
    app = webhook(Webhook(server.url, pause=0.01))
    async with running(app, house.account):
        await house.says("@alice", "x")
        await house.settled(app.name)
    assert [text for _, text in house.answers] == sent
    assert len(server.got) == 1


async def test_a_hook_that_fails_is_asked_again(house: House, server: Server) -> None:
    """Faults and silence are waited out, as often as was said; the order of the chat is kept."""
    server.answers = [web.Response(status=503), 5.0, web.Response(status=429), web.Response(text="at last")]
    app = webhook(Webhook(server.url, limit=1.0, pause=0.01))
    async with running(app, house.account):
        await house.says("@alice", "first")
        await house.says("@alice", "second")
        await house.answered(2)
    assert [body["text"] for body in server.bodies] == ["first"] * 4 + ["second"]
    assert [headers["X-Hongyan-Attempt"] for headers, _ in server.got] == ["1", "2", "3", "4", "1"]


async def test_a_hook_that_never_answers_is_given_up(
    house: House, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """The chat goes on with its next message."""
    server.answers = [web.Response(status=500)]
    app = webhook(Webhook(server.url, attempts=2, pause=0.01))
    async with running(app, house.account):
        await house.says("@alice", "x")
        await house.settled(app.name)
    assert len(server.got) == 2
    assert "failed after 2 attempts" in caplog.text


async def test_neither_address_nor_secret_is_told(
    house: House, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in the log, whatever goes wrong, and not in a repr."""
    caplog.set_level("DEBUG")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        dead = Webhook(f"http://user:{SECRET}@127.0.0.1:{port}/{SECRET}", SECRET, attempts=1)
        app = webhook(dead)
        async with running(app, house.account):
            await house.says("@alice", "x")
            await house.settled(app.name)
    server.answers = [web.Response(status=404)]
    app = webhook(Webhook(server.url, SECRET))
    async with running(app, house.account):
        await house.says("@alice", "x")
        await house.settled(app.name)
    told = caplog.text + repr(dead) + repr(app)
    assert "the webhook did not answer" in told
    assert "the webhook's answer is not used" in told
    assert SECRET not in told
    assert "127.0.0.1" not in "".join(r.getMessage() for r in caplog.records if r.name == "hongyan.bot")


@pytest.mark.parametrize("url", ["", "hook", "ftp://x/y", "http://", f"http://[{SECRET}", f"//{SECRET}"])
def test_an_address_that_cannot_be_one_is_refused(url: str) -> None:
    """Before anything runs, and without repeating it."""
    with pytest.raises(UsageError) as raised:
        Webhook(url)
    assert SECRET not in f"{raised.value} {raised.value.advice}"


@pytest.mark.parametrize(
    ("body", "told"), [(b"\xff\xfe", "not UTF-8 at byte 0"), (b"[" * 50_000, "nested too deeply")]
)
async def test_an_answer_that_cannot_be_read_is_told_in_words(
    house: House, server: Server, caplog: pytest.LogCaptureFixture, body: bytes, told: str
) -> None:
    server.answers = [web.Response(body=body, content_type="application/json")]
    app = webhook(Webhook(server.url))
    async with running(app, house.account):
        await house.says("@alice", "x")
        await house.settled(app.name)
    assert told in caplog.text
    assert "Error" not in caplog.text
