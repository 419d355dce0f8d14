"""Where a user's files belong, also for a user without a home."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
import pytest

from hongyan import userdirs

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDERS = {
    "user_data_path": userdirs.data,
    "user_config_path": userdirs.config,
    "user_state_path": userdirs.state,
}
every = pytest.mark.parametrize(("name", "folder"), FOLDERS.items(), ids=FOLDERS)


@every
def test_a_folder_is_asked_for_by_the_name_of_the_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, folder: Callable[[], Path | None]
) -> None:
    """Each by the library's function for it; no folder is made."""
    monkeypatch.setattr(platformdirs, name, lambda program, appauthor: tmp_path / program / str(appauthor))
    assert folder() == tmp_path / "hongyan" / "False"
    assert list(tmp_path.iterdir()) == []


@every
def test_a_user_without_a_home_has_no_folder(
    monkeypatch: pytest.MonkeyPatch, name: str, folder: Callable[[], Path | None]
) -> None:
    """The library raises, or gives back what it could not expand."""

    def homeless(*_: object, **__: object) -> Path:
        raise RuntimeError

    monkeypatch.setattr(platformdirs, name, homeless)
    assert folder() is None
    monkeypatch.setattr(platformdirs, name, lambda *_, **__: Path("~/.local/hongyan"))
    assert folder() is None


def test_a_tilde_is_replaced_where_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown user's stays as it was typed."""
    monkeypatch.setenv("HOME", "/homes/me")
    assert userdirs.expanded("~/wechat") == Path("/homes/me/wechat")
    assert userdirs.expanded("~no-such-user-here/x") == Path("~no-such-user-here/x")
