"""What all tests share: nothing is written into the folders of whoever runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", autouse=True)
def own_state_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep reports of faults, also those of child processes, in a folder of the test run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(autouse=True)
def words_close_together(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two words that end a login lie closer together than ten seconds, except in tests of just that."""
    if "webwx" in request.path.relative_to(request.config.rootpath).parts:
        return
    monkeypatch.setattr("hongyan.webwx.doubt.APART_S", 0.3)
