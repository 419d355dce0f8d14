"""scripts/check_house.py finds each thing that it is there for, in a small tree where one is planted."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "check_house.py"
LIST = 'shared-class-names = []\n[tested-elsewhere]\n"tests/test_all.py" = ["rooms.hall"]\n'

pytestmark = pytest.mark.skipif(not SCRIPT.is_file(), reason="the scripts are not beside the tests")


@pytest.fixture(scope="module")
def check() -> Any:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("check_house", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A package of which nothing is wrong."""
    _write(
        tmp_path,
        {
            "scripts/house.toml": LIST,
            "src/hongyan/__init__.py": "",
            "src/hongyan/__main__.py": "from hongyan.rooms import hall\n",
            "src/hongyan/rooms/__init__.py": "",
            "src/hongyan/rooms/hall.py": "class Hall: ...\n",
            "src/hongyan/rooms/_attic.py": "import hongyan.rooms.hall\nclass Attic: ...\n",
            "tests/test_all.py": "",
            "tests/test_main.py": "",
            "tests/rooms/test_attic.py": "",
        },
    )
    return tmp_path


def test_a_sound_tree_has_no_faults(check: Any, root: Path) -> None:
    """Packages need no test file; a leading underscore is no part of a test file's name."""
    assert check.faults(root) == []


@pytest.mark.parametrize(
    "line",
    [
        "from hongyan.rooms import _attic",
        "from hongyan.rooms._attic import Attic",
        "import hongyan.rooms._attic",
        "if TYPE_CHECKING:\n    from hongyan.rooms._attic import Attic",
        "def late():\n    from hongyan.rooms._attic import Attic",
    ],
)
def test_a_circle_is_found_however_it_is_imported(check: Any, root: Path, line: str) -> None:
    """Imports inside a function and for typing only close a circle too."""
    _write(root, {"src/hongyan/rooms/hall.py": f"{line}\n"})
    assert check.faults(root) == ["2 modules import each other: hongyan.rooms._attic, hongyan.rooms.hall"]


def test_a_circle_of_three_is_one_line(check: Any) -> None:
    """A module that only leads into a circle is not part of it."""
    graph = {"a": {"b"}, "b": {"c"}, "c": {"d"}, "d": {"b", "e"}, "e": set()}
    assert check.circles(graph) == [["b", "c", "d"]]


def test_a_class_with_too_many_methods_is_found(check: Any, root: Path) -> None:
    """Private methods do not count, async ones do."""
    public = "".join(f"    async def open{n}(self): ...\n" for n in range(check.MOST_METHODS))
    private = "    def _open(self): ...\n"
    _write(root, {"src/hongyan/rooms/hall.py": f"class Hall:\n{public}{private}"})
    assert check.faults(root) == []
    _write(root, {"src/hongyan/rooms/hall.py": f"class Hall:\n{public}    def close(self): ...\n"})
    assert check.faults(root) == ["hongyan.rooms.hall.Hall: 31 public methods, at most 30"]


def test_a_file_that_is_too_long_is_found(check: Any, root: Path) -> None:
    """The last line that is allowed is allowed."""
    _write(root, {"src/hongyan/rooms/hall.py": "x = 1\n" * check.LONGEST_FILE})
    assert check.faults(root) == []
    _write(root, {"src/hongyan/rooms/hall.py": "x = 1\n" * (check.LONGEST_FILE + 1)})
    assert check.faults(root) == ["hongyan.rooms.hall: 501 lines, at most 500"]


def test_a_class_name_with_two_meanings_is_found(check: Any, root: Path) -> None:
    """Unless it is private, or shared on purpose."""
    _write(root, {"src/hongyan/rooms/hall.py": "class Attic: ...\nclass _Door: ...\n"})
    _write(root, {"src/hongyan/__main__.py": "class _Door: ...\n"})
    line = "the class name Attic stands for 2 things: hongyan.rooms._attic, hongyan.rooms.hall"
    assert check.faults(root) == [line]
    _write(root, {"scripts/house.toml": LIST.replace("[]", '["Attic"]')})
    assert check.faults(root) == []


def test_the_emulator_has_class_names_of_its_own(check: Any, root: Path) -> None:
    """It is a program apart, and says Account and Contact too."""
    _write(root, {"src/hongyan/emulator/hall.py": "class Hall: ...\n", "tests/emulator/test_hall.py": ""})
    assert check.faults(root) == []


@pytest.mark.parametrize(
    ("listed", "lines"),
    [
        ("", ["hongyan.rooms.hall has no tests/rooms/test_hall.py, and scripts/house.toml names no other"]),
        (
            '"tests/test_all.py" = ["rooms.hall", "rooms.cellar"]',
            ["scripts/house.toml lists hongyan.rooms.cellar, which does not exist"],
        ),
        (
            '"tests/test_gone.py" = ["rooms.hall"]',
            ["scripts/house.toml names tests/test_gone.py, which does not exist"],
        ),
        (
            '"tests/test_all.py" = ["rooms.hall", "rooms._attic"]',
            ["hongyan.rooms._attic has tests/rooms/test_attic.py: take it off the list"],
        ),
        (
            '"tests/test_all.py" = ["rooms.hall"]\n"tests/test_main.py" = ["rooms.hall"]',
            [
                "scripts/house.toml lists hongyan.rooms.hall more than once: tests/test_all.py, tests/test_main.py"
            ],
        ),
    ],
    ids=["missing", "no module", "no file", "has its own", "twice"],
)
def test_the_list_of_tests_is_complete_and_not_stale(
    check: Any, root: Path, listed: str, lines: list[str]
) -> None:
    """Each module has one place where its tests are to be found."""
    _write(root, {"scripts/house.toml": f"shared-class-names = []\n[tested-elsewhere]\n{listed}\n"})
    assert check.faults(root) == lines


def test_the_exit_code_says_whether_anything_is_wrong(
    check: Any, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`make check` goes by it."""
    monkeypatch.setattr(check, "faults", list)
    assert check.main() == 0
    assert "no circle" in capsys.readouterr().out
    monkeypatch.setattr(check, "faults", lambda: ["one thing", "another"])
    assert check.main() == 1
    assert capsys.readouterr().out == "one thing\nanother\n"
