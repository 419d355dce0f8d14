"""Where a user's own files belong on this system; it makes no folder, and a user may have none (a bare number in a container)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["config", "data", "expanded", "state"]


def data() -> Path | None:
    """Return the folder for what the program keeps, or None for a user without a home."""
    from platformdirs import user_data_path

    return _absolute(lambda: user_data_path("hongyan", appauthor=False))


def config() -> Path | None:
    """Return the folder for settings, or None for a user without a home."""
    from platformdirs import user_config_path

    return _absolute(lambda: user_config_path("hongyan", appauthor=False))


def state() -> Path | None:
    """Return the folder for logs and reports, or None for a user without a home."""
    from platformdirs import user_state_path

    return _absolute(lambda: user_state_path("hongyan", appauthor=False))


def _absolute(look: Callable[[], Path]) -> Path | None:
    """Return the folder that ``look`` finds. Without a home the library raises, or older ones return ``~/…`` unchanged."""
    try:
        folder = look()
    except RuntimeError:
        return None
    return folder if folder.is_absolute() else None


def expanded(path: Path | str) -> Path:
    """Return ``path`` with ``~`` and ``~name`` replaced; unchanged if that home is unknown."""
    return Path(os.path.expanduser(path))  # noqa: PTH111  # the method of Path raises instead
