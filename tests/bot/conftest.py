"""A furnished account for apps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .house import House

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Return an account whose friends and group are known, over a store in memory."""
    house = House(tmp_path)
    await house.furnish()
    yield house
    house.close()
