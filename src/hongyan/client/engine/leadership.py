"""Makes one of the programs on a profile hold its login: holds it, or waits beside the one that does.

It decides when to hold, when to attach and when to take over; holding a login is another module's business. A program
that ends, by ``kill -9`` too, loses the profile's lock, and one that waits takes over: with the saved credentials and
the journal's position, so that no code is scanned and no message is lost or doubled.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Self

from hongyan import reports
from hongyan.client.engine.tended import is_ending
from hongyan.errors import HongyanError, LoginEnded, StorageDamaged
from hongyan.model.events import LoginState, Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from hongyan.client.engine.active_login import ActiveLogin
    from hongyan.client.profile import Profile
    from hongyan.ports.login import LoginRecord

__all__ = ["Leadership"]

_LOOK_S: Final = 0.2  # between two checks whether the profile is free
_LOOKS: Final = 15
_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 60.0


class Leadership:
    """One program's part in keeping a login. ``make_login`` gives a fresh login for each try.

    ``on_hold`` hears whether this program now holds the profile. With ``revives`` a login that ends is made anew, which
    needs a person who confirms or scans; otherwise its end is reported and the profile set free.
    """

    def __init__(
        self,
        profile: Profile,
        login: LoginRecord,
        make_login: Callable[[], ActiveLogin],
        *,
        on_hold: Callable[[bool], None],
        revives: bool = False,
    ) -> None:
        self._profile = profile
        self._login = login
        self._make_login = make_login
        self._on_hold = on_hold
        self._revives = revives
        self._standing_by: asyncio.Task[None] | None = None
        self._wanted_anew = False
        self._ending: asyncio.Task[None] | None = None
        self.login: ActiveLogin | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.leave()

    @property
    def holds(self) -> bool:
        """Whether this program holds the login; otherwise another program does, or none for the moment."""
        return self.login is not None

    async def join(self, *, may_ask: bool = True, must_hold: bool = False) -> None:
        """Hold the login where the profile is free, else attach to the program that holds it.

        ``must_hold`` makes a held profile an error, ProfileLocked. Raises the errors of ``ActiveLogin.begin`` if it holds.
        """
        if must_hold:
            self._profile.hold()
        if must_hold or self._profile.try_hold() or await self._given_back():
            await self._hold(may_ask=may_ask)
        self._standing_by = asyncio.create_task(self._keep(), name="keeping the login")

    async def _given_back(self) -> bool:
        """Where a login has ended, wait a moment for its program to give the profile back, and take it."""
        for _ in range(_LOOKS):
            if self._login.status().state is not LoginState.ENDED:
                return False
            await asyncio.sleep(_LOOK_S)
            if self._profile.try_hold():
                return True
        return False

    async def leave(self) -> None:
        """End what this program does for the login; another may take over at once."""
        if self._standing_by is not None:
            self._standing_by.cancel()
            await asyncio.wait({self._standing_by})
        await self._let_go()
        if self._standing_by is not None and not self._standing_by.cancelled():
            self._standing_by.result()  # a fault of this program must not end quietly

    async def _hold(self, *, may_ask: bool) -> None:
        """Start holding: the lock is ours already, and is released if the login cannot be held."""
        self._on_hold(True)
        self.login = self._make_login()
        try:
            await self.login.begin(may_ask=may_ask)
        except BaseException:
            await self._let_go()
            raise

    async def _let_go(self) -> None:
        """End the login and release the profile, to the end even if the caller is cancelled."""
        if self._ending is None:
            self._ending = asyncio.create_task(self._end(), name="giving the login back")
        ending = self._ending
        try:
            await asyncio.shield(ending)
        finally:
            if ending.done() and self._ending is ending:  # the next login ends separately
                self._ending = None

    async def _end(self) -> None:
        login, self.login = self.login, None
        try:
            if login is not None:
                await login.stop()
        finally:
            if self._profile.held:
                self._on_hold(False)
                self._profile.release()

    # -- while it lasts

    async def _keep(self) -> None:
        """Stand by while another program holds the login, and handle the end of one that is held here."""
        pause = _FIRST_PAUSE_S
        while True:
            try:
                if self.login is not None:
                    await self._until_over(self.login)
                    pause = _FIRST_PAUSE_S
                elif not await self._take_over():
                    await asyncio.sleep(_LOOK_S)
            except StorageDamaged as error:  # waiting does not help: the program ends with this error
                await self._let_go()
                await self._login.set_status(Status(state=LoginState.ENDED, reason=error.code))
                raise
            except HongyanError:  # the status has the reason: no server at the address, no scan
                pause = await self._waited(pause)
            except (Exception, asyncio.CancelledError) as fault:  # the stored login is resumed again
                if is_ending():
                    raise
                reports.note(fault, doing="keeping the login")
                await self._give_up()
                pause = await self._waited(pause)

    async def _waited(self, pause: float) -> float:
        """Wait before the next try and return how long the one after it waits; a request to end may have been replaced."""
        if is_ending():
            raise asyncio.CancelledError
        await asyncio.sleep(pause)
        return min(2 * pause, _LONGEST_PAUSE_S)

    async def _give_up(self) -> None:
        """Release the profile after a fault; another fault on the way must not keep this program from the next try."""
        try:
            await self._let_go()
        except HongyanError:
            pass  # what could not be written is found out again by the next try
        except Exception as fault:  # noqa: BLE001  # the lock is released in any case
            reports.note(fault, doing="giving the login back")

    async def _until_over(self, login: ActiveLogin) -> None:
        """Wait for the end of a login, and set the profile free for the program that makes the next one."""
        try:
            await login.ended()
        except StorageDamaged:
            raise
        except HongyanError as ending:
            self._wanted_anew = self._revives and isinstance(ending, LoginEnded)
        await self._let_go()

    async def _take_over(self) -> bool:
        """Hold the login if the profile is free and there is one to resume, or one to be made again."""
        self._profile.vault.reload()
        if self._profile.vault.load() is None and not self._wanted_anew:
            await self._tell_ended()
            return False
        if not self._profile.try_hold():
            return False
        await self._hold(may_ask=self._wanted_anew)
        self._wanted_anew = False
        return True

    async def _tell_ended(self) -> None:
        """Publish that there is nothing to resume, if the last program was killed before it could."""
        state = self._login.status().state
        if state is LoginState.ENDED or not self._profile.try_hold():
            return
        self._profile.release()
        await self._login.set_status(Status(state=LoginState.ENDED, reason="not-logged-in"))
