"""One emulator and one profile for all cells of a worker."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from .cells import Setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def setting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setting]:
    """Return an emulator with a profile that is logged in."""
    with _made(tmp_path_factory.mktemp("matrix")) as made:
        yield made


@pytest.fixture
def own_setting(tmp_path: Path) -> Iterator[Callable[[], Setting]]:
    """Return what makes another, for one test."""
    with contextlib.ExitStack() as stack:
        yield lambda: stack.enter_context(_made(tmp_path))


@contextlib.contextmanager
def _made(folder: Path) -> Iterator[Setting]:
    """Give an emulator and a profile with a message, a send that waits and one that was dropped."""
    sizes = ("--friends", "12", "--groups", "3", "--poll", "5")
    with subprocess.Popen(
        (sys.executable, "-m", "hongyan", "emulate", "--json", "--port", "0", "--auto-scan", "0.02", *sizes),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            assert child.stdout is not None
            yield _furnished(folder, json.loads(child.stdout.readline())["origin"])
        finally:
            child.terminate()


def _furnished(folder: Path, origin: str) -> Setting:
    home, archive = folder / "home", folder / "archive.jsonl"

    def run(*words: str) -> str:
        online = ("--home", str(home), "--server", origin, "--no-pace")
        line = (sys.executable, "-m", "hongyan", *words, *online)
        return subprocess.run(line, check=True, capture_output=True, text=True, timeout=120).stdout

    run("login")
    run("send", "filehelper", "你好 😀 first")
    waiting = json.loads(run("send", "filehelper", "later", "--at", "+2h", "--json"))["command"]
    dropped = json.loads(run("send", "filehelper", "dropped", "--at", "+2h", "--json"))["command"]
    run("outbox", "drop", str(dropped))
    contacts = [json.loads(line) for line in run("contacts", "--json").splitlines()]
    groups = [json.loads(line) for line in run("groups", "--json").splitlines()]
    run("export", "--out", str(archive))
    names = {
        "friend": next(each["name"] for each in contacts if each["kind"] == "friend"),
        "group": groups[0]["name"],
        "waiting": str(waiting),
        "dropped": str(dropped),
        "archive": str(archive),
    }
    return Setting(origin, home, names)
