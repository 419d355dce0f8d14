"""The login on its way, as a full screen: a code to scan, its states, its renewal, its link and file; it makes no login."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.containers import Vertical
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from hongyan.errors import LoginEnded
from hongyan.files.private_files import make_folder
from hongyan.model.display_text import clean
from hongyan.model.login_progress import (
    AskedPhone,
    Cancelled,
    Confirmed,
    Expired,
    Hindered,
    PhoneDeclined,
    QrReady,
    Scanned,
)
from hongyan.terminal.faults import explained
from hongyan.terminal.full.screens.leaving import Leaves
from hongyan.terminal.qr import matrix, picture_file
from hongyan.terminal.strings.language import say
from hongyan.terminal.strings.login import LOGIN

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from hongyan.errors import HongyanError
    from hongyan.model.login_progress import LoginProgress
    from hongyan.terminal.full.context import ScreenContext
    from hongyan.terminal.strings.language import Words

__all__ = ["QrCode", "QrLoginScreen"]

_BLACK, _WHITE = Color.from_ansi(16), Color.from_ansi(231)  # entries that themes of terminals leave alone
_ROOMY: Final = (72, 26)  # columns and rows from which everything has its place
_LASTS_S: Final = 300  # a code of the service

_WORDS: Final[Words] = {
    "title": ("登录微信", "Log in to WeChat", "登入微信"),
    "keys": (
        "i 反色 · +/- 大小 · u 链接 · o 打开图片 · Esc 先看记录 · Ctrl+Q 退出",
        "i inverts · +/- size · u link · o opens the picture · Esc looks at the archive · Ctrl+Q leaves",
        "i 反色 · +/- 大小 · u 連結 · o 開啟圖片 · Esc 先看紀錄 · Ctrl+Q 離開",
    ),
    "again-keys": ("r 再试 · Esc 先看记录 · Ctrl+Q 退出", "r tries again · Esc looks at the archive · Ctrl+Q leaves", "r 再試 · Esc 先看紀錄 · Ctrl+Q 離開"),
    "risk": (
        "网页版登录可能被拒绝，也可能给账号带来风险。",
        "Logins to Web WeChat may be refused, and may put the account at risk.",
        "網頁版登入可能被拒絕，也可能給帳號帶來風險。",
    ),
    "left": ("还有 {seconds} 秒", "{seconds} s left", "還有 {seconds} 秒"),
    "renewed": ("第 {count} 个二维码", "code number {count}", "第 {count} 個 QR QrCode"),
    "connecting": ("正在连接…", "connecting …", "正在連線…"),
    "no-picture": ("图片写不出来：{why}", "the picture cannot be written: {why}", "圖片寫不出來：{why}"),
    "no-opener": ("图片在 {path}", "the picture is at {path}", "圖片在 {path}"),
}  # fmt: skip


class QrCode(Widget):
    """A QR code in cells of two modules, with its own black and white, in the largest quiet zone that there is room for."""

    DEFAULT_CSS = "QrCode { width: 100%; height: 1fr; }"

    def __init__(self, *, plain: bool) -> None:
        super().__init__()
        self.plain = plain
        self.inverted = False
        self.scale = 1
        self._text = ""
        self._rows: list[list[bool]] = []
        self._drawn_for: tuple[object, ...] = ()

    def show(self, text: str) -> None:
        """Show the code of a text, nothing for an empty one."""
        self._text = text
        self.refresh()

    @property
    def fits(self) -> bool:
        """Whether the code is on the screen."""
        self._draw()
        return bool(self._rows) or not self._text

    def _draw(self) -> None:
        size = (self._text, self.size, self.scale)
        if size == self._drawn_for:
            return
        self._drawn_for = size
        self._rows = []
        for scale, quiet in ((self.scale, 4), (self.scale, 2), (1, 4), (1, 2)):
            modules = _scaled(matrix(self._text, quiet), scale) if self._text else []
            if len(modules) <= self.size.width and (len(modules) + 1) // 2 <= self.size.height:
                self._rows = modules
                return

    def render_line(self, y: int) -> Strip:
        """Return a line of cells."""
        self._draw()
        width = self.size.width
        top = (self.size.height - (len(self._rows) + 1) // 2) // 2
        row = (y - top) * 2
        if not 0 <= row < len(self._rows):
            return Strip.blank(width, self.rich_style)
        upper = self._rows[row]
        lower = self._rows[row + 1] if row + 1 < len(self._rows) else [False] * len(upper)
        left = (width - len(upper)) // 2
        cells = [self._cell(*pair) for pair in zip(upper, lower, strict=True)]
        blank = self.rich_style
        return Strip([Segment(" " * left, blank), *cells]).adjust_cell_length(width, blank)

    def _cell(self, upper: bool, lower: bool) -> Segment:
        if self.plain:  # the screen's own two colours: light modules are drawn, on a dark screen
            dark = not self.inverted
            return Segment(
                {(True, True): " ", (False, False): "█", (True, False): "▄", (False, True): "▀"}[
                    (upper == dark, lower == dark)
                ]
            )
        if self.inverted:
            upper, lower = not upper, not lower
        top, bottom = (_BLACK if module else _WHITE for module in (upper, lower))
        if upper == lower:
            return Segment(" ", Style(bgcolor=bottom))
        return Segment("▀", Style(color=top, bgcolor=bottom))


def _scaled(modules: list[list[bool]], scale: int) -> list[list[bool]]:
    if scale == 1:
        return modules
    return [[module for module in row for _ in range(scale)] for row in modules for _ in range(scale)]


class QrLoginScreen(Leaves[None], inherit_bindings=False):
    """Shows the steps of a login. ``problem`` is why there is none."""

    DEFAULT_CSS = """
    QrLoginScreen { align: center middle; background: $background; }
    QrLoginScreen > Vertical { width: 100%; height: 100%; }
    QrLoginScreen Static { width: 100%; text-align: center; height: auto; }
    QrLoginScreen .keys { color: $text-muted; }
    QrLoginScreen #state { text-style: bold; }
    """
    BINDINGS: ClassVar = [
        Binding("escape", "leave", show=False),
        Binding("i", "invert", show=False),
        Binding("plus,equals_sign", "scale(1)", show=False),
        Binding("minus", "scale(-1)", show=False),
        Binding("u", "link", show=False),
        Binding("o", "open", show=False),
        Binding("r", "again", show=False),
    ]

    def __init__(self, context: ScreenContext, *, problem: HongyanError | None = None) -> None:
        super().__init__()
        self.context = context
        self._problem = problem
        self._link = ""
        self._until = 0.0
        self._shows_link = False
        self._code = QrCode(plain=context.palette.plain)
        self._picture = context.place.settings_file.parent / "qr.png"
        self._steps: list[LoginProgress] = []
        self._is_there = False

    def compose(self) -> ComposeResult:
        """Put code, state and keys together."""
        with Vertical():
            yield Static(self._say("title"), id="title", markup=False, classes="keys")
            yield self._code
            yield Static(self._say("connecting"), id="state", markup=False)
            yield Static("", id="more", markup=False)
            yield Static(self._say("keys"), id="keys", classes="keys", markup=False)

    def on_mount(self) -> None:
        """Show the steps from before the screen was there."""
        self.set_interval(1.0, self._tick)
        self._is_there = True
        steps, self._steps = self._steps, []
        for step in steps:
            self.step(step)
        if self._problem is not None:
            self.refused(self._problem)

    def on_resize(self, event: events.Resize) -> None:
        """Leave the code its room: on a small screen the title and the keys give way first."""
        self._small = event.size.height < _ROOMY[1] or event.size.width < _ROOMY[0]
        self.query_one("#title").display = not self._small
        self.query_one("#keys").display = not self._small or not self._link
        self.call_after_refresh(self._tick)

    _small = False

    def _say(self, key: str, /, **values: object) -> str:
        return say(_WORDS, key, self.context.language, **values)

    def _login_text(self, key: str, /, **values: object) -> str:
        return say(LOGIN, key, self.context.language, **values)

    def _state(self, text: str, more: str = "") -> None:
        self.query_one("#state", Static).update(text)
        self.query_one("#more", Static).update(more)

    # -- what happens

    def step(self, step: LoginProgress) -> None:
        """Show a step of the login."""
        if not self._is_there:
            self._steps.append(step)
            return
        match step:
            case QrReady(text=text, renewal=renewal):
                self._show_code(text, renewal)
            case AskedPhone():
                self._code.show("")
                self._state(self._login_text("asked-phone"))
            case Scanned():
                self._code.show("")
                self._until = 0.0
                self._state(self._login_text("scanned-unnamed"))
            case Confirmed():
                self._until = 0.0
                self._state(self._login_text("confirmed"))
            case Expired():
                self._state(self._login_text("expired"))
            case Cancelled():
                self._state(self._login_text("cancelled"))
            case Hindered(reason=reason):
                self._state(self._login_text("hindered", why=clean(reason, newline=" ")))
            case PhoneDeclined():
                pass  # a code follows and says all

    def _show_code(self, text: str, renewal: int) -> None:
        self._link = clean(text)
        self._until = self.context.clock() + _LASTS_S
        self.query_one("#keys").display = not self._small
        self._code.show(self._link)
        self._state(self._login_text("waiting"))
        self.query_one("#keys", Static).update(self._say("keys"))
        self._renewal = renewal
        self._tick()

    _renewal = 0

    def refused(self, problem: HongyanError) -> None:
        """Show why there is no login, and what to do."""
        self._problem = problem
        if not self._is_there:
            return
        self._code.show("")
        self._until = 0.0
        barred = isinstance(problem, LoginEnded) and problem.ret == LoginEnded.BARRED
        why, advice = explained(problem.code, str(problem), problem.advice, self.context.language)
        advice = self._login_text("barred-advice") if barred else advice
        self._state(self._login_text("barred") if barred else self._login_text("refused", why=why), advice)
        self.query_one("#keys", Static).update(self._say("again-keys"))

    def _tick(self) -> None:
        """Count down, and say where else the code is where it does not fit."""
        if not self._until:
            return
        left = max(round(self._until - self.context.clock()), 0)
        parts = [self._say("left", seconds=left)]
        if self._renewal:
            parts.append(self._say("renewed", count=self._renewal + 1))
        if self._shows_link or not self._code.fits:
            parts.append(self._login_text("link", link=self._link))
        if not self._code.fits:
            parts.insert(0, self._login_text("too-small"))
        self.query_one("#more", Static).update(
            "\n".join([" · ".join(parts[:2]), *parts[2:], self._say("risk")])
        )

    # -- keys

    def action_leave(self) -> None:
        """Look at what the store has; the login goes on."""
        self.dismiss(None)

    def action_invert(self) -> None:
        """Turn dark and light round."""
        self._code.inverted = not self._code.inverted
        self._code.refresh()

    def action_scale(self, by: int) -> None:
        """Draw the code larger or smaller."""
        self._code.scale = min(max(self._code.scale + by, 1), 4)
        self._code.refresh()

    def action_link(self) -> None:
        """Show the code's link, or no longer."""
        self._shows_link = not self._shows_link
        self._tick()

    async def action_open(self) -> None:
        """Write the code as a picture and open it."""
        from hongyan.terminal.full.desktop.opening import open_outside

        if not self._link:
            return
        try:
            make_folder(self._picture.parent)
            picture_file(self._link, self._picture)
        except OSError as error:
            self._state(self._login_text("waiting"), self._say("no-picture", why=error.strerror or error))
            return
        if not await open_outside(str(self._picture)):
            self.notify(self._say("no-opener", path=self._picture), markup=False)

    def action_again(self) -> None:
        """Try again after a refusal."""
        if self._problem is not None:
            self._problem = None
            self._state(self._say("connecting"))
            self.context.host.try_again()

    def on_unmount(self) -> None:
        """Remove the picture file."""
        self._picture.unlink(missing_ok=True)
