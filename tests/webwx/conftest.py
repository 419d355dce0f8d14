"""One login, as values: what every call of it needs."""

from __future__ import annotations

import pytest

from hongyan.model.ids import LoginId, TransientName, Uin
from hongyan.webwx.calls.caller import Caller
from hongyan.webwx.credentials import Cookie, Credentials
from hongyan.webwx.hosts import emulator_at

NOW = 1_546_214_741.416


def counted(count: int) -> bytes:
    """Bytes that look drawn and are the same each time."""
    return bytes((37 * n + 11) % 256 for n in range(count))


@pytest.fixture
def credentials() -> Credentials:
    """A login on an emulator; every secret in it begins with ``SECRET``, but for the number 987654321."""
    return Credentials(
        login=LoginId("login"),
        hosts=emulator_at("http://127.0.0.1:8081"),
        uin=Uin(987654321),
        sid="SECRET/sid+",
        skey="@crypt_SECRET",
        pass_ticket="SECRET%2Bpt",
        cookies={"wxsid": Cookie(value="SECRETc"), "webwx_data_ticket": Cookie(value="SECRETdata")},
        me=TransientName("@me"),
        logged_in_at=NOW,
    )


@pytest.fixture
def caller(credentials: Credentials) -> Caller:
    """Who asks, at a fixed moment and with fixed random bytes."""
    return Caller(credentials, NOW, counted)
