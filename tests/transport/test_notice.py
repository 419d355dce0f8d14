"""Notices go to the one address that a person gave, and nobody is told that address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from rich.pretty import pretty_repr

from hongyan.client.alert_settings import AlertSettings
from hongyan.errors import UsageError
from hongyan.settings import Settings
from hongyan.transport import notice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TOKEN = "canary-of-a-token"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notice, "_PAUSE_S", 0.0)


class Address:
    """An address that answers as it was told, and keeps what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status = 200
        self.origin = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer with the status, leading elsewhere."""
        self.asked.append(f"{request.method} {request.path}")
        if request.path == "/elsewhere":
            return web.Response()
        return web.Response(status=self.status, headers={"Location": f"{self.origin}/elsewhere"})


@pytest.fixture
async def address() -> AsyncIterator[Address]:
    """Listen on a free port."""
    kept, application = Address(), web.Application()
    application.router.add_route("*", "/{rest:.*}", kept.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    kept.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield kept
    await runner.cleanup()


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_a_yes_is_a_delivery(address: Address, status: int) -> None:
    """Asked once."""
    address.status = status
    await notice.deliver((), f"{address.origin}/{TOKEN}", {"link": "x"})
    assert address.asked == [f"POST /{TOKEN}"]


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308, 400, 404, 429, 500, 503])
async def test_whatever_is_no_yes_is_no_delivery_and_leads_nowhere(address: Address, status: int) -> None:
    """The link of a login goes to no other address, and the error holds no token."""
    address.status = status
    with pytest.raises(UsageError, match=str(status)) as caught:
        await notice.deliver((), f"{address.origin}/{TOKEN}", {"link": "x"})
    assert set(address.asked) == {f"POST /{TOKEN}"}
    assert TOKEN not in str(caught.value) + repr(caught.value.args)


@pytest.mark.parametrize(
    "url",
    [
        f"http://127.0.0.1:1/{TOKEN}",
        f"http://{TOKEN}.invalid/",
        f"http://user:{TOKEN}@127.0.0.1:1/",
        f"ftp://127.0.0.1/{TOKEN}",
        f"//{TOKEN}",
        TOKEN,
        f"http://127.0.0.1:{TOKEN}/",
        f"http://[{TOKEN}/",
        f"http://127.0.0.1:99999/{TOKEN}",
        f"http://127.0.0.1/\n{TOKEN}",
        "http://" + "x" * 300 + f"/{TOKEN}",
    ],
)
async def test_no_error_names_the_address(url: str) -> None:
    """Whatever is wrong with it."""
    with pytest.raises(UsageError, match="the webhook") as caught:
        await notice.deliver((), url, {})
    error: BaseException | None = caught.value
    while error is not None:
        assert TOKEN not in str(error)
        error = None if error.__suppress_context__ else error.__context__


def test_no_picture_of_the_settings_holds_a_token_or_a_password() -> None:
    """Neither that of Python nor that of rich, which tracebacks and logs are made of."""
    alert = AlertSettings(command=("curl", TOKEN), webhook=f"https://a.example/{TOKEN}")
    settings = Settings(proxy=f"http://user:{TOKEN}@127.0.0.1:1", alert=alert)
    for value in (alert, settings, [settings], {"a": alert}):
        assert TOKEN not in repr(value) + str(value) + pretty_repr(value)
