"""Where the full screen's own files are, and what lies outside of the one account: other profiles, exports."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hongyan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from hongyan.client.account import Account, Chat

__all__ = ["Place"]


@contextlib.asynccontextmanager
async def _no_profile(_: str) -> AsyncIterator[Account | None]:
    yield None


async def _no_export(_account: Account, _chat: Chat, _form: str, _folder: Path) -> Path:
    raise UsageError("this program cannot export", "Use hongyan export.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the program's own files are, and what lies outside of the one account.

    ``folder`` takes saved files, ``settings_file`` is the person's own settings. ``profile`` is the one in use, ``profiles``
    lists those that there are, and ``look_into`` opens one to be read. ``export`` writes a chat into a folder. ``lasts``
    False says that nothing outlives the program.
    """

    folder: Path
    settings_file: Path
    profile: str = "default"
    profiles: Callable[[], list[str]] = list
    look_into: Callable[[str], AbstractAsyncContextManager[Account | None]] = _no_profile
    export: Callable[[Account, Chat, str, Path], Awaitable[Path]] = _no_export
    lasts: bool = True
