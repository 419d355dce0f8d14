"""Brings the login about beside the screen, and shows it on its way; it makes no login itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hongyan.errors import HongyanError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Sequence

    from hongyan.model.login_progress import LoginProgress
    from hongyan.terminal.full.boundary import GuardedApp
    from hongyan.terminal.full.context import ScreenContext

__all__ = ["LoginFlow"]


class LoginFlow:
    """``join`` holds the login or attaches to the program that does, and returns when it holds; None if there is none to hold.

    ``beside`` are started once, when the login holds. ``is_shown`` is whether there is a screen to show steps on.
    """

    def __init__(
        self,
        app: GuardedApp,
        context: ScreenContext,
        join: Callable[[], Awaitable[object]] | None,
        beside: Sequence[Callable[[], Coroutine[Any, Any, None]]],
        is_shown: Callable[[], bool],
    ) -> None:
        self._app = app
        self._context = context
        self._join = join
        self._beside = beside
        self._is_shown = is_shown

    def begin(self) -> None:
        """Start to hold the login, or try again."""
        if self._join is not None:
            self._app.later(self._stand(self._join))

    async def _stand(self, join: Callable[[], Awaitable[object]]) -> None:
        """Hold the login or attach; what goes wrong is shown with what to do about it."""
        try:
            await join()
        except HongyanError as problem:
            self._context.tell_problem(problem)
            self.failed(problem)
        else:
            self.stands()

    def failed(self, problem: HongyanError) -> None:
        """Show why there is no login."""
        from hongyan.terminal.full.screens.login import QrLoginScreen

        if isinstance(self._app.screen, QrLoginScreen):
            self._app.screen.refused(problem)
        else:
            self._app.push_screen(QrLoginScreen(self._context, problem=problem))

    def stands(self) -> None:
        """Remove what showed the login on its way, and begin what runs beside it."""
        from hongyan.terminal.full.screens.login import QrLoginScreen

        if isinstance(self._app.screen, QrLoginScreen):
            self._app.screen.dismiss(None)
        self._context.host.look_again()
        beside, self._beside = self._beside, ()
        for work in beside:
            self._app.later(work())

    def progress(self, step: LoginProgress) -> None:
        """Show a step of a login that comes about; before there is a screen, and after it, nothing is shown."""
        if self._app.has_left or not self._is_shown():
            return
        from hongyan.terminal.full.screens.login import QrLoginScreen

        if not isinstance(self._app.screen, QrLoginScreen):
            self._app.push_screen(QrLoginScreen(self._context))
        page = self._app.screen
        if isinstance(page, QrLoginScreen):
            page.step(step)
