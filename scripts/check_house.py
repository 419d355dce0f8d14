"""Checks what the linters do not: circles, sizes, names, and that each module has its test file.

Run by `make check`. It prints one line for each thing that is wrong and exits with 1 if there is any. scripts/house.toml has the exceptions.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parent.parent
LONGEST_FILE = 500  # lines
MOST_METHODS = 30  # public ones of a class


def modules(root: Path = ROOT) -> dict[str, Path]:
    """Return the path of each module of the package by its dotted name."""
    found = {}
    for path in sorted((root / "src").rglob("*.py")):
        name = ".".join(path.relative_to(root / "src").with_suffix("").parts)
        found[name.removesuffix(".__init__")] = path
    return found


def imports(tree: ast.Module, known: Iterable[str]) -> set[str]:
    """Return the modules of the package that a module imports, at run time or for typing."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {name if name in known else node.module for name in names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found.intersection(known)


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that import each other (Tarjan's strongly connected components)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found = []

    def visit(name: str) -> None:
        order[name] = low[name] = len(order)
        stack.append(name)
        for other in sorted(graph[name]):
            if other not in order:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], order[other])
        if low[name] == order[name]:
            at = stack.index(name)
            group = stack[at:]
            del stack[at:]
            if len(group) > 1:
                found.append(sorted(group))

    sys.setrecursionlimit(10_000)
    for name in graph:
        if name not in order:
            visit(name)
    return found


def oversized(name: str, path: Path, tree: ast.Module) -> Iterator[str]:
    """Yield what is too large in a module."""
    lines = len(path.read_text(encoding="utf-8").splitlines())
    if lines > LONGEST_FILE:
        yield f"{name}: {lines} lines, at most {LONGEST_FILE}"
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            public = [
                part
                for part in node.body
                if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and not part.name.startswith("_")
            ]
            if len(public) > MOST_METHODS:
                yield f"{name}.{node.name}: {len(public)} public methods, at most {MOST_METHODS}"


def doubled(trees: dict[str, ast.Module], shared: set[str]) -> Iterator[str]:
    """Yield public class names that mean two things; the emulator is a program apart with names of its own."""
    homes = defaultdict(list)
    for name, tree in trees.items():
        world = "emulator" if name.startswith("hongyan.emulator") else "program"
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[world, node.name].append(name)
    for (_, called), places in homes.items():
        if len(places) > 1 and called not in shared:
            yield f"the class name {called} stands for {len(places)} things: {', '.join(places)}"


def test_file(name: str) -> Path:
    """Return where the test file of a module's own name lies, from the root."""
    parts = name.split(".")[1:] or ["hongyan"]
    return Path("tests", *parts[:-1], f"test_{parts[-1].strip('_')}.py")


def untested(names: Iterable[str], elsewhere: dict[str, list[str]], root: Path = ROOT) -> Iterator[str]:
    """Yield modules that have no test file of their name and are not listed, and what is stale in the list.

    The list gives the modules, without `hongyan.`, that a test file covers beside the one of its name.
    """
    listed = defaultdict(list)
    for file, covered in elsewhere.items():
        if not (root / file).exists():
            yield f"scripts/house.toml names {file}, which does not exist"
        for short in covered:
            listed[f"hongyan.{short}"].append(file)
    names = list(names)
    for name in names:
        expected = test_file(name)
        files = listed.pop(name, [])
        if (root / expected).exists():
            if files:
                yield f"{name} has {expected}: take it off the list"
        elif not files:
            yield f"{name} has no {expected}, and scripts/house.toml names no other"
        elif len(files) > 1:
            yield f"scripts/house.toml lists {name} more than once: {', '.join(files)}"
    yield from (f"scripts/house.toml lists {name}, which does not exist" for name in listed)


def faults(root: Path = ROOT) -> list[str]:
    """Return a line for each thing that is wrong below a root."""
    settings = tomllib.loads((root / "scripts/house.toml").read_text(encoding="utf-8"))
    paths = modules(root)
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in paths.items()}
    graph = {name: imports(tree, paths.keys()) - {name} for name, tree in trees.items()}
    wrong = [f"{len(group)} modules import each other: {', '.join(group)}" for group in circles(graph)]
    for name, path in paths.items():
        wrong += oversized(name, path, trees[name])
    wrong += doubled(trees, set(settings["shared-class-names"]))
    tested = (name for name, path in paths.items() if path.name != "__init__.py")
    return wrong + list(untested(tested, settings["tested-elsewhere"], root))


def main() -> int:
    """Print what is wrong and return the exit code."""
    wrong = faults()
    print("\n".join(wrong) or f"{len(modules())} modules: no circle, none too large, each with its tests")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
