"""Finds the app that ``MODULE:APP`` names; each mistake in it gets one sentence."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hongyan.bot.app import App
from hongyan.errors import HongyanError, UsageError

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["load"]

_NOT_THEIRS: Final = tuple(
    f"{folder}{os.sep}" for folder in (Path(__file__).parent.parent, Path(str(importlib.__file__)).parent)
)
_FORM: Final = "Write MODULE:APP, for example examples.echo:app for the variable app in examples/echo.py."


def load(where: str) -> App:
    """Import the module of ``MODULE:APP``, from the current folder before the libraries, and return its app.

    Only the named module has this right: its imports are searched among the libraries first, so that a file
    of the folder that happens to be called ``aiohttp.py`` is not run in a library's place.

    An app without a name gets the name ``MODULE:APP``. UsageError where there is no such module or app, and
    where the module cannot be imported, with the line at fault.
    """
    module_name, colon, app_name = where.partition(":")
    parts = module_name.split(".")
    if not colon or parts[-1] == "py" or not all(p.isidentifier() for p in (*parts, app_name)):
        raise UsageError(f"{where!r} does not name an app", _advice_for(module_name, app_name))
    app = _app_in(_imported(module_name), app_name)
    app.name = app.name or where
    return app


def _advice_for(module: str, app: str) -> str:
    path = module.removesuffix(".py").replace(os.sep, ".").strip(".")
    if path != module and all(p.isidentifier() for p in path.split(".")):
        return f"Write a module instead of a file: {path}:{app or 'app'}"
    return _FORM


def _imported(name: str) -> ModuleType:
    folder = os.getcwd()  # noqa: PTH109  # sys.path holds texts
    sys.path[:] = [*(place for place in sys.path if place not in {"", folder}), folder]
    importlib.invalidate_caches()
    try:
        _prefer(name.partition(".")[0], folder)
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise UsageError(
                f"there is no module {error.name!r} in {folder!r} or on the path", _FORM
            ) from error
        raise UsageError(_broken(name, error), f"Install {error.name!r}, or correct the name.") from error
    except SystemExit as error:
        raise UsageError(
            f"{name!r} ends the program while it is imported: {_place(name, error)}",
            "Take the exit out of it.",
        ) from error
    except Exception as error:
        advice = error.advice if isinstance(error, HongyanError) else ""
        raise UsageError(_broken(name, error), advice or "Correct the module and try again.") from error


def _prefer(name: str, folder: str) -> None:
    """Load the module or package ``name`` of ``folder``, if it has one, even if a library has the same name."""
    spec = PathFinder.find_spec(name, [folder])
    if spec is None or spec.loader is None:
        return
    loaded = sys.modules.get(name)
    if loaded is not None:
        if getattr(loaded, "__file__", None) != spec.origin:
            raise UsageError(
                f"{spec.origin} has the name of a library that is in use", "Give the file another name."
            )
        return
    module = sys.modules[name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise


def _broken(name: str, error: Exception) -> str:
    """Describe why a module could not be imported, with the last line of it that ran."""
    if isinstance(error, SyntaxError):
        return f"{error.filename}:{error.lineno}: {error.msg}"
    what = str(error) if isinstance(error, HongyanError) else f"{type(error).__name__}: {error}"
    return f"{name!r} cannot be imported: {_place(name, error)}: {what}"


def _place(name: str, error: BaseException) -> str:
    """Return file and line of the last code that ran and is neither ours nor the import system's."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith("<frozen")]
    own = [f for f in frames if not f.filename.startswith(_NOT_THEIRS)]
    return f"{own[-1].filename}:{own[-1].lineno}" if own else name


def _app_in(module: ModuleType, name: str) -> App:
    app = getattr(module, name, None)
    if isinstance(app, App):
        return app
    there = sorted(n for n, value in vars(module).items() if isinstance(value, App))
    hint = f"It has: {', '.join(f'{module.__name__}:{n}' for n in there)}" if there else "Write: app = App()"
    if app is None and not hasattr(module, name):
        raise UsageError(f"the module {module.__name__!r} has no {name!r}", hint)
    raise UsageError(f"{module.__name__}:{name} is a {type(app).__name__}, not an App", hint)
