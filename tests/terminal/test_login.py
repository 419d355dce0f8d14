"""A login on its way: what appears where, in which words."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from hongyan.errors import LoginEnded, NoAnswer
from hongyan.terminal.login import LoginScreen
from hongyan.terminal.strings.language import Language

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

LINK = "https://login.weixin.qq.com/l/4bLcd-Ijkl=="
NEW_LINK = "https://login.weixin.qq.com/l/9zZzz-Zzzz=="


class _Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def _screen(
    out: io.StringIO, err: io.StringIO, language: Language = Language.EN, **options: object
) -> LoginScreen:
    environment = {"TERM": "xterm-256color"}
    return LoginScreen(out, err, language=language, environment=environment, **options)  # type: ignore[arg-type]  # options differ by test


def test_every_state_is_one_line_on_standard_error() -> None:
    """Waiting, scanned, confirmed, loading, ready: a line each, the code and the link on standard output."""
    out, err = io.StringIO(), io.StringIO()
    with _screen(out, err) as screen:
        screen.waiting(LINK)
        screen.scanned("小灰")
        screen.confirmed()
        screen.loading(120)
        screen.ready("小灰", 120, 7)
    assert err.getvalue().splitlines() == [
        "waiting: scan the QR code with WeChat on the phone",
        "scanned by 小灰: confirm on the phone",
        "confirmed: logging in",
        "loading contacts: 120",
        "logged in as 小灰: 120 contacts, 7 groups",
    ]
    assert out.getvalue().splitlines()[-1] == f"link: {LINK}"
    assert out.getvalue().isascii()


def test_the_same_in_chinese() -> None:
    """A scan without a name, and an expiry."""
    err = io.StringIO()
    screen = _screen(io.StringIO(), err, Language.ZH)
    screen.scanned()
    screen.expired()
    screen.cancelled()
    assert err.getvalue().splitlines() == [
        "已扫描，请在手机上确认",
        "二维码已过期，换一个新的",
        "手机上取消了登录，换一个新的二维码",
    ]


def test_a_renewed_code_is_drawn_and_its_picture_replaced(tmp_path: Path) -> None:
    """After an expiry the new code, the new link and a new picture appear; at the end the picture is gone."""
    out, picture = io.StringIO(), tmp_path / "login.png"
    with _screen(out, io.StringIO(), picture=picture) as screen:
        screen.waiting(LINK)
        first = picture.read_bytes()
        screen.expired()
        screen.waiting(NEW_LINK)
        assert picture.read_bytes() != first
    assert [line for line in out.getvalue().splitlines() if line.startswith("link")] == [
        f"link: {LINK}",
        f"link: {NEW_LINK}",
    ]
    assert not picture.exists()


def test_a_terminal_gets_colours_and_a_small_one_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks where they fit; where they do not, a sentence and the link."""
    out, err = _Terminal(), io.StringIO()
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    _screen(out, err).waiting(LINK)
    assert "\x1b[48;5;231m" in out.getvalue()
    monkeypatch.setenv("LINES", "15")
    small = _Terminal()
    _screen(small, err).waiting(LINK)
    assert small.getvalue() == f"link: {LINK}\n"
    assert "too small" in err.getvalue()


def test_a_barred_account_is_told_so_in_plain_words() -> None:
    """1203: what it means, what the service said, and to stop."""
    err = io.StringIO()
    _screen(io.StringIO(), err, Language.ZH).refused(
        LoginEnded(1203, "为了你的帐号安全\x1b[5m", "login page")
    )
    lines = err.getvalue().splitlines()
    assert lines[0] == "登录失败：微信不允许这个账号（或这个环境）使用网页版"
    assert lines[1] == "  微信的说明：为了你的帐号安全\\x1b[5m"
    assert "请停止尝试" in lines[2]


def test_any_other_failure_names_reason_and_advice() -> None:
    """Without a server: nobody answered, and what to try."""
    err = io.StringIO()
    _screen(io.StringIO(), err).refused(NoAnswer("jslogin", "connection refused"))
    assert err.getvalue().splitlines()[0] == "login failed: no answer from jslogin: connection refused"
    assert "hongyan emulate" in err.getvalue()


def test_a_program_reads_the_states_as_json() -> None:
    """One object for each state on standard output, the link included, and no drawing."""
    out, err = io.StringIO(), io.StringIO()
    screen = _screen(out, err, as_json=True)
    screen.waiting(LINK)
    screen.scanned("小灰")
    screen.refused(LoginEnded(1203))
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(one["schema"], one["login"]) for one in told] == [(1, "waiting"), (1, "scanned"), (1, "barred")]
    assert told[0]["link"] == LINK
    assert told[2]["code"] == "login-ended.1203"
    assert err.getvalue() == ""


def test_a_hostile_name_cannot_touch_the_screen() -> None:
    """The name of who scanned is cleaned like any other."""
    err = io.StringIO()
    _screen(io.StringIO(), err).scanned("\x1b[2J\u202e灰\n小")
    assert err.getvalue() == "scanned by \\x1b[2J\\u202e灰 小: confirm on the phone\n"


def test_a_log_out_from_here_is_told_as_one() -> None:
    """Another program on the machine did it: no number of the service, no word of a message that was accepted."""
    ended = LoginEnded(0)
    assert str(ended) == "the login ended: A program on this machine logged it out."
    assert "log in again" in ended.advice.lower()
    assert "1101" in str(LoginEnded(1101))
