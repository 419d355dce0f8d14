"""What every part of the service shares: clock, numbers, files, faults, limits, logins; independent of accounts."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from hongyan.emulator.clock import Clock
from hongyan.emulator.codes import Codes, Notifier
from hongyan.emulator.faults import Faults
from hongyan.emulator.limits import Limits

if TYPE_CHECKING:
    from hongyan.emulator.logins import Login
    from hongyan.emulator.media import MediaStore
    from hongyan.emulator.numbers import Numbers
    from hongyan.emulator.persistence import Persistence

__all__ = ["AuthLevel", "Core", "ServiceOptions"]


class AuthLevel(StrEnum):
    """How much proof the service requires."""

    REAL = "real"
    STRICT = "strict"
    LAX = "lax"


class ServiceOptions(Struct, kw_only=True):
    """How the service behaves; the fields are described in `Emulator`."""

    auth: AuthLevel = AuthLevel.REAL
    poll_seconds: float = 25.0
    kick_on_login: bool = True
    check_key_lags: bool = False
    contact_page: int = 1000
    media_seconds: float = 14 * 86400.0
    remarks_work: bool = True
    member_calls_work: bool = True

    def __post_init__(self) -> None:
        """Raise ValueError for what no service does."""
        if self.contact_page < 1:
            raise ValueError(f"a page has at least one contact: {self.contact_page}")


class Core:
    """The parts that accounts and calls share. `persistence`, `numbers` and `media` are there once the state is open."""

    persistence: Persistence
    numbers: Numbers
    media: MediaStore

    def __init__(self, options: ServiceOptions, clock: Clock | None, faults: Faults | None) -> None:
        self.options = options
        self.clock = clock or Clock()
        self.faults = faults if faults is not None else Faults()
        self.limits = Limits(self.clock)
        self.codes = Codes(self.clock)
        self.notifier = Notifier()
        self.closing = Notifier()
        self.stopping = False
        self._logins: dict[str, Login] = {}
        self._by_ticket: dict[str, Login] = {}

    def logins(self) -> list[Login]:
        """Every login of this run, ended or not, oldest first."""
        return list(self._logins.values())

    def know_login(self, login: Login) -> None:
        """Look up the secrets of this login from now on."""
        self._logins[login.secrets.sid] = login
        self._by_ticket[login.secrets.data_ticket] = login

    def login_of_sid(self, sid: str) -> Login | None:
        """The login of a wxsid, ended or not."""
        return self._logins.get(sid)

    def login_of_data_ticket(self, ticket: str) -> Login | None:
        """The login of a webwx_data_ticket, ended or not."""
        return self._by_ticket.get(ticket)

    def login_of_skey(self, skey: str) -> Login | None:
        """The login of an skey."""
        return next((login for login in self._logins.values() if login.secrets.skey == skey), None)

    def latest_login(self) -> Login | None:
        """The newest live login."""
        return next((login for login in reversed(self._logins.values()) if not login.ended), None)
