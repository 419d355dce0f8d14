"""The names that the package's root promises, and the README's first steps with them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import hongyan
from hongyan.emulator import Emulator
from hongyan.emulator.generate import generate

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

README = Path(__file__).parent.parent / "README.md"


def test_every_promised_name_is_there() -> None:
    """And each is what it is called."""
    for name in hongyan.__all__:
        found = getattr(hongyan, name)
        assert getattr(found, "__name__", name) == name


def test_the_names_are_listed_before_they_are_loaded() -> None:
    """A shell completes them."""
    assert set(hongyan.__all__) <= set(dir(hongyan))


def test_another_name_is_refused() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="no attribute 'Wechat'"):
        _ = hongyan.Wechat


async def test_the_first_steps_of_the_readme(tmp_path: Path) -> None:
    """They log in, list and send as they stand, on an emulator."""
    (block,) = re.findall(r"```python\n(import asyncio.*?)```", README.read_text("utf-8"), re.DOTALL)
    steps: dict[str, Any] = {"__name__": "readme"}
    exec(block.replace("asyncio.run(main())", ""), steps)
    main: Callable[[hongyan.Settings], Coroutine[Any, Any, None]] = steps["main"]
    async with Emulator(generate(friends=3, groups=1), auth="strict", poll_seconds=2) as service:
        service.phone.confirm()
        await main(hongyan.Settings(server=service.origin, home=str(tmp_path)))
        await service.person("filehelper").hears("你好")
