"""How the full screen looks: built-in themes and those of a person's own files, as Textual themes with a palette of styles.

Meaning is never shown by color alone, so the palette of ``mono`` can do with bold, reverse, underlined and dim. What is
written is at least 4.5 times as bright as what is behind it, or the other way round (WCAG), and 7 in ``high-contrast``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2s
from typing import TYPE_CHECKING, Final

from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color, ColorParseError
from textual.theme import Theme

from hongyan.errors import UsageError
from hongyan.files.private_files import read_own
from hongyan.files.toml_text import read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = [
    "ASCII_MARKS",
    "MARKS",
    "Palette",
    "built_in",
    "chosen",
    "contrast",
    "own_themes",
    "palette_of",
    "read_theme",
]

MARKS: Final[Mapping[str, str]] = {
    "rule": "─",
    "bar": "┃",
    "divider": "│",
    "selected": "▌",
    "marked": "●",
    "sent": "✓",
    "pending": "…",
    "failed": "✗",
    "unconfirmed": "?",
    "pinned": "📌",
    "muted": "🔕",
    "online": "●",
    "degraded": "◐",
    "offline": "○",
    "thumb": "█",
    "track": "│",
    "down": "↓",
}
"""What is drawn, by its meaning."""

ASCII_MARKS: Final[Mapping[str, str]] = {
    "rule": "-",
    "bar": "|",
    "divider": "|",
    "selected": ">",
    "marked": "*",
    "sent": "v",
    "pending": ".",
    "failed": "x",
    "unconfirmed": "?",
    "pinned": "^",
    "muted": "~",
    "online": "*",
    "degraded": "~",
    "offline": "o",
    "thumb": "#",
    "track": "|",
    "down": "v",
}
"""The same for screens and eyes that have no other characters."""

_COLOR_NAMES: Final = (
    "foreground",
    "background",
    "surface",
    "panel",
    "primary",
    "secondary",
    "accent",
    "warning",
    "error",
    "success",
)
_BODY: Final = 4.5
_DIM: Final = 4.5
_HIGH: Final = 7.0


@dataclass(frozen=True, slots=True)
class Palette:
    """Styles by what they mean, the characters that are drawn, and the colours of people.

    ``background`` is what the styles lie on, None where the terminal's own is used.
    """

    styles: Mapping[str, Style]
    marks: Mapping[str, str]
    background: Color | None
    nicks: tuple[Style, ...]
    plain: bool = False

    @property
    def ground(self) -> tuple[int, int, int]:
        """What shines through pictures, as red, green and blue."""
        return self.background.rgb if self.background is not None else (0, 0, 0)

    def style(self, name: str) -> Style:
        """Return a style by its name; ``nick:KEY`` is the colour of a person, an unknown name is plain."""
        if name.startswith("nick:"):
            return self.nicks[_number(name) % len(self.nicks)]
        return self.styles.get(name, self.styles[""])


@lru_cache(maxsize=4096)
def _number(name: str) -> int:
    return int.from_bytes(blake2s(name.encode("utf-8", "replace"), digest_size=4).digest())


def contrast(one: Color, other: Color) -> float:
    """Return how much brighter one colour is than the other, from 1 to 21 (WCAG 2)."""
    lights = sorted((_luminance(one), _luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(color: Color) -> float:
    parts = ((c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4) for c in color.normalized)
    red, green, blue = parts
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _legible(color: Color, background: Color, ratio: float) -> Color:
    """Return the colour, brightened or darkened until it can be read on ``background``."""
    towards = Color(255, 255, 255) if _luminance(background) < 0.18 else Color(0, 0, 0)
    for step in range(21):
        mixed = color.blend(towards, step / 20)
        if contrast(mixed, background) >= ratio:
            return mixed
    return towards


def _theme(name: str, *, dark: bool, **colors: str) -> Theme:
    return Theme(name=name, dark=dark, **colors)  # type: ignore[arg-type]  # the names are those of a theme


_BUILT_IN: Final = (
    _theme(
        "wechat-dark",
        dark=True,
        primary="#07C160",
        secondary="#10AEFF",
        accent="#07C160",
        foreground="#D5D5D5",
        background="#111111",
        surface="#191919",
        panel="#2C2C2C",
        warning="#FFC300",
        error="#FA5151",
        success="#07C160",
    ),
    _theme(
        "wechat-light",
        dark=False,
        primary="#06AD56",
        secondary="#1485EE",
        accent="#07C160",
        foreground="#191919",
        background="#F7F7F7",
        surface="#EDEDED",
        panel="#DCDCDC",
        warning="#9A6700",
        error="#D13A3A",
        success="#06AD56",
    ),
    _theme(
        "high-contrast",
        dark=True,
        primary="#00FF66",
        secondary="#66CCFF",
        accent="#FFFF00",
        foreground="#FFFFFF",
        background="#000000",
        surface="#000000",
        panel="#303030",
        warning="#FFFF00",
        error="#FF8080",
        success="#00FF66",
    ),
    _theme(
        "mono",
        dark=True,
        primary="#FFFFFF",
        secondary="#FFFFFF",
        accent="#FFFFFF",
        foreground="#FFFFFF",
        background="#000000",
        surface="#000000",
        panel="#000000",
        warning="#FFFFFF",
        error="#FFFFFF",
        success="#FFFFFF",
    ),
    _theme(
        "catppuccin",
        dark=True,
        primary="#A6E3A1",
        secondary="#89B4FA",
        accent="#F5C2E7",
        foreground="#CDD6F4",
        background="#1E1E2E",
        surface="#181825",
        panel="#313244",
        warning="#F9E2AF",
        error="#F38BA8",
        success="#A6E3A1",
    ),
    _theme(
        "gruvbox",
        dark=True,
        primary="#B8BB26",
        secondary="#83A598",
        accent="#FE8019",
        foreground="#EBDBB2",
        background="#282828",
        surface="#1D2021",
        panel="#3C3836",
        warning="#FABD2F",
        error="#FB4934",
        success="#B8BB26",
    ),
    _theme(
        "solarized",
        dark=True,
        primary="#859900",
        secondary="#268BD2",
        accent="#D33682",
        foreground="#93A1A1",
        background="#002B36",
        surface="#00252F",
        panel="#073642",
        warning="#B58900",
        error="#DC322F",
        success="#859900",
    ),
)


def built_in() -> dict[str, Theme]:
    """Return the themes that come with the program, by name."""
    return {theme.name: theme for theme in _BUILT_IN}


def chosen(name: str, environment: Mapping[str, str], available: Mapping[str, Theme]) -> str:
    """Return the name of the theme to begin with: ``mono`` where ``NO_COLOR`` says so or the terminal is dumb.

    UsageError for one that there is not.
    """
    if environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        return "mono"
    if name not in available:
        raise UsageError(f"there is no theme {name!r}", f"Themes: {', '.join(sorted(available))}.")
    return name


_STYLES: Final[Mapping[str, tuple[str, str]]] = {
    "": ("foreground", ""),
    "me": ("primary", ""),
    "me-text": ("primary", ""),
    "other": ("foreground", ""),
    "time": ("dim", ""),
    "notice": ("dim", ""),
    "unread": ("accent", "bold"),
    "mention": ("warning", "bold"),
    "quote": ("dim", ""),
    "quote-bar": ("primary", ""),
    "card": ("secondary", ""),
    "link": ("secondary", ""),
    "failed": ("error", "bold"),
    "pending": ("dim", "italic"),
    "recalled": ("dim", "italic"),
    "gap": ("warning", ""),
    "pinned": ("foreground", "bold"),
    "title": ("foreground", "bold"),
    "badge-muted": ("dim", ""),
    "draft": ("error", ""),
    "online": ("success", ""),
    "degraded": ("warning", "bold"),
    "offline": ("error", "bold"),
    "match": ("accent", "bold"),
}
"""For each style the theme's colour that it is written in, and ``bold`` or ``italic``."""


def palette_of(theme: Theme) -> Palette:
    """Return the styles of a theme."""
    if theme.name == "mono":
        return _mono()
    background = Color.parse(theme.background or "#000000")
    ratio = _HIGH if theme.name == "high-contrast" else _BODY
    inks = {name: Color.parse(str(getattr(theme, name) or "#888888")) for name in _COLOR_NAMES}
    inks["dim"] = inks["foreground"].blend(background, 0.35)

    def ink(color: Color, kind: str = "", behind: Color = background) -> Style:
        return Style(
            color=_rich(_legible(color, behind, ratio)),
            bgcolor=_rich(behind),
            bold=kind == "bold" or None,
            italic=kind == "italic" or None,
        )

    selected = inks["panel"]
    styles = {name: ink(inks[color], kind) for name, (color, kind) in _STYLES.items()}
    styles["link"] += Style(underline=True)
    styles["match"] += Style(underline=True)
    styles["badge"] = ink(Color(255, 255, 255), "bold", _darkened(inks["error"], ratio))
    styles["selected"] = Style(bgcolor=_rich(selected))
    styles["selected-blur"] = Style(bgcolor=_rich(selected.blend(background, 0.5)))
    return Palette(styles, MARKS, background, _nicks(background, selected, ratio))


def _darkened(color: Color, ratio: float) -> Color:
    """Return the colour, darkened until white can be read on it."""
    return _legible(Color(255, 255, 255).blend(color, 1.0), Color(255, 255, 255), ratio)


def _rich(color: Color) -> RichColor:
    return RichColor.from_rgb(color.r, color.g, color.b)


def _nicks(background: Color, selected: Color, ratio: float) -> tuple[Style, ...]:
    """Return the colours of people: a circle of hues, each legible also where its line is selected."""
    hues = [Color.from_hsl(step / 12, 0.6, 0.6) for step in range(12)]
    harder = max(background, selected, key=lambda color: contrast(color, background))
    legible = (_legible(_legible(hue, background, ratio), harder, ratio) for hue in hues)
    return tuple(Style(color=_rich(color), bgcolor=_rich(background), bold=True) for color in legible)


def _mono() -> Palette:
    bold, dim, under, turned = Style(bold=True), Style(dim=True), Style(underline=True), Style(reverse=True)
    styles = {
        "": Style(),
        "time": dim,
        "notice": dim,
        "quote": dim,
        "unread": bold,
        "mention": bold + under,
        "link": under,
        "failed": bold + turned,
        "gap": bold,
        "pending": dim,
        "recalled": dim,
        "pinned": bold,
        "title": bold,
        "badge": turned,
        "badge-muted": dim,
        "draft": under,
        "degraded": bold,
        "offline": bold + turned,
        "selected": turned,
        "selected-blur": under,
        "match": bold + under,
    }
    return Palette(styles, ASCII_MARKS, None, (bold,), plain=True)


def read_theme(path: Path) -> Theme:
    """Return the theme of a TOML file, named like the file; UsageError names what is wrong in it.

    The file gives colours by Textual's names (``primary``, ``foreground``, ``background`` …) and ``dark`` as true or false.
    """
    try:
        values = read_toml(read_own(path).decode("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"the theme {path.name} cannot be read: {error}") from error
    dark = values.pop("dark", True)
    if not isinstance(dark, bool):
        raise UsageError(f"the theme {path.name}: dark is true or false")
    for name, value in values.items():
        if name not in _COLOR_NAMES:
            raise UsageError(
                f"the theme {path.name} has no color {name!r}", f"Colors: {', '.join(_COLOR_NAMES)}."
            )
        try:
            Color.parse(value)
        except (ColorParseError, AttributeError, TypeError) as error:
            raise UsageError(
                f"the theme {path.name}: {value!r} is not a color for {name}", "Write #07C160."
            ) from error
    if "primary" not in values:
        raise UsageError(f"the theme {path.name} has no primary color")
    base = {"foreground": "#E0E0E0" if dark else "#202020", "background": "#101010" if dark else "#FAFAFA"}
    base |= {"surface": base["background"], "panel": "#303030" if dark else "#DDDDDD"}
    return _theme(path.stem, dark=dark, **(base | values))


def own_themes(folder: Path) -> tuple[dict[str, Theme], list[UsageError]]:
    """Return a person's own themes by name, and what is wrong with those that cannot be used."""
    themes: dict[str, Theme] = {}
    problems = []
    for path in sorted(folder.glob("*.toml")):
        try:
            themes[path.stem] = read_theme(path)
        except UsageError as problem:
            problems.append(problem)
    return themes, problems
