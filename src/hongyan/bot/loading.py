"""Finds the app that ``MODULE:APP`` names; what can be wrong with that is told in one sentence each."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from typing import TYPE_CHECKING, Final

from hongyan.bot.app import App
from hongyan.errors import UsageError

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["load"]

_FORM: Final = "Write MODULE:APP, for example examples.echo:app for the variable app in examples/echo.py."


def load(where: str) -> App:
    """Import the module of ``MODULE:APP``, with the current folder on the path, and return its app.

    An app without a name of its own is named ``MODULE:APP``. UsageError where there is no such module or app, and
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
    if folder not in sys.path:
        sys.path.insert(0, folder)
    importlib.invalidate_caches()
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise UsageError(
                f"there is no module {error.name!r} in {folder!r} or on the path", _FORM
            ) from error
        raise UsageError(_broken(name, error), f"Install {error.name!r}, or correct the name.") from error
    except Exception as error:
        raise UsageError(_broken(name, error), "Correct the module and try again.") from error


def _broken(name: str, error: Exception) -> str:
    """Describe why a module could not be imported, with the last line of it that ran."""
    if isinstance(error, SyntaxError):
        return f"{error.filename}:{error.lineno}: {error.msg}"
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith("<frozen")]
    own = [f for f in frames if f.filename != __file__ and os.sep + "importlib" + os.sep not in f.filename]
    place = f"{own[-1].filename}:{own[-1].lineno}" if own else name
    return f"{name!r} cannot be imported: {place}: {type(error).__name__}: {error}"


def _app_in(module: ModuleType, name: str) -> App:
    app = getattr(module, name, None)
    if isinstance(app, App):
        return app
    there = sorted(n for n, value in vars(module).items() if isinstance(value, App))
    hint = f"It has: {', '.join(f'{module.__name__}:{n}' for n in there)}" if there else "Write: app = App()"
    if app is None and not hasattr(module, name):
        raise UsageError(f"the module {module.__name__!r} has no {name!r}", hint)
    raise UsageError(f"{module.__name__}:{name} is a {type(app).__name__}, not an App", hint)
