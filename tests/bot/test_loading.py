"""``MODULE:APP`` and everything that can be wrong with it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from hongyan.bot import load
from hongyan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODULES = {
    "good.py": "from hongyan.bot import App\napp = App()\nnamed = App('mine')\nnumber = 5\n",
    "typo.py": "from hongyan.bot import App\napp = App(\n",
    "needs.py": "import something_that_nobody_has\n",
    "falls.py": "def f():\n    return 1 / 0\n\nf()\n",
    "empty.py": "",
    "leaves.py": "import sys\n\nsys.exit(3)\n",
    "sync.py": "from hongyan.bot import App, Text\napp = App()\n\n@app.on(Text)\ndef h(message):\n    pass\n",
    "kindless.py": "from hongyan.bot import App\napp = App()\n\n@app.on(5)\nasync def h(message):\n    pass\n",
    "bare.py": "from hongyan.bot import App, Text\napp = App()\n\n@app.on(Text)\nasync def h():\n    pass\n",
    "wrong.py": (
        "from hongyan.bot import App, Text\napp = App()\n\n@app.on(Text)\nasync def h(message: Text):\n    pass\n"
    ),
    "later.py": (
        "from __future__ import annotations\nfrom hongyan.bot import App, Text\napp = App()\n\n"
        "@app.on(Text)\nasync def h(message: Text):\n    pass\n"
    ),
    "email.py": "raise SystemExit('a library was replaced')\n",
    "colorsys.py": "from hongyan.bot import App\napp = App('the folder')\n",
    "msgspec.py": "from hongyan.bot import App\napp = App()\n",
    "imports.py": "import email\nemail.message_from_string\nfrom hongyan.bot import App\napp = App()\n",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Work in a folder with modules, as a user does, and forget them afterwards."""
    for name, source in MODULES.items():
        (tmp_path / name).write_text(source)
    package = tmp_path / "pack"
    package.mkdir()
    (package / "inner.py").write_text(MODULES["good.py"])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [p for p in sys.path if p])
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_an_app_of_the_current_folder_is_found_and_named() -> None:
    """An app without a name gets that of its place; one with a name keeps it."""
    assert load("good:app").name == "good:app"
    assert load("good:named").name == "mine"
    assert load("pack.inner:app").name == "pack.inner:app"


@pytest.mark.parametrize(
    ("where", "problem", "advice"),
    [
        ("good", "does not name an app", "MODULE:APP"),
        ("", "does not name an app", "MODULE:APP"),
        ("good:", "does not name an app", "MODULE:APP"),
        ("good.py:app", "does not name an app", "good:app"),
        ("pack/inner.py", "does not name an app", "pack.inner:app"),
        ("nowhere:app", "no module 'nowhere'", "MODULE:APP"),
        ("pack.nowhere:app", "no module 'pack.nowhere'", "MODULE:APP"),
        ("good:other", "has no 'other'", "good:app, good:named"),
        ("good:number", "is a int, not an App", "good:app"),
        ("empty:app", "has no 'app'", "app = App()"),
        ("typo:app", "typo.py:2", "Correct"),
        ("needs:app", "something_that_nobody_has", "Install"),
        ("falls:app", "falls.py:2: ZeroDivisionError", "Correct"),
        ("leaves:app", "leaves.py:3", "Take the exit out"),
        ("sync:app", "sync.py:4: the handler h is not async", "async def h"),
        ("kindless:app", "kindless.py:4: 5 is not a kind", "class such as Text"),
        ("bare:app", "bare.py:4: the handler h() cannot be called with one argument", "async def h(message)"),
        ("wrong:app", "wrong.py:4: the handler h takes a Text", "message: MessageContext"),
        ("later:app", "later.py:5: the handler h takes a Text", "message: MessageContext"),
        ("msgspec:app", "has the name of a library", "another name"),
    ],
)
def test_each_mistake_is_told_in_a_sentence(where: str, problem: str, advice: str) -> None:
    """What is wrong, where, and what to do."""
    with pytest.raises(UsageError) as raised:
        load(where)
    assert problem in str(raised.value)
    assert advice in raised.value.advice


def test_a_file_of_the_folder_takes_no_librarys_place() -> None:
    """Only the module that was asked for comes from the folder first."""
    for name in ("email", "colorsys"):
        sys.modules.pop(name, None)
    assert load("imports:app").name == "imports:app"
    assert load("colorsys:app").name == "the folder"
