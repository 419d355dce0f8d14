"""The screens about keys and settings: searched, changed, refused; what is wrong is told where it is done."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from hongyan.terminal.full.screens.help import KeySheet
from hongyan.terminal.full.screens.settings_screen import KeysScreen, SettingsScreen, fields
from hongyan.terminal.full.strings.settings import SETTINGS

from ..conftest import seen, shown, until, write

if TYPE_CHECKING:
    from textual.pilot import Pilot
    from textual.screen import Screen

    from hongyan.terminal.full.app import FullScreen

    from ..conftest import Stage


async def opened(pilot: Pilot[int], app: FullScreen, key: str, kind: type[Screen[None]]) -> None:
    """Open a screen by its key, and let it be filled."""
    await pilot.pause()
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, kind) and app.screen.focused is not None)


async def emptied(pilot: Pilot[int], text: str) -> None:
    """Type something else into the field."""
    await pilot.press("ctrl+u")
    await write(pilot, text)


def kept(stage: Stage) -> dict[str, object]:
    """Return what is kept of the full screen's settings."""
    read = tomllib.loads((stage.folder / "settings.toml").read_text("utf-8"))
    found: dict[str, object] = read["terminal"]
    return found


@pytest.mark.parametrize(
    ("key", "kind"), [("question_mark", KeySheet), ("f10", KeysScreen), ("f8", SettingsScreen)]
)
async def test_a_field_promises_pinyin_only_where_it_finds_something(
    stage: Stage, key: str, kind: type[Screen[None]]
) -> None:
    """What actions and settings are called has no pinyin; where nothing fits, a word says so."""
    app = stage.screen()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, app, key, kind)
        await until(pilot, lambda: seen(app, "输入以筛选"))
        assert not seen(app, "拼音")
        await write(pilot, "xiayige")
        await until(pilot, lambda: seen(app, "没有符合的"))


async def test_a_key_that_is_written_or_the_programs_own_is_refused(stage: Stage) -> None:
    """And nothing is kept of it; Esc gives up the waiting alone."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(pilot, app, "f10", KeysScreen)
        await write(pilot, "entry.send")
        await until(pilot, lambda: seen(app, "entry.send") and not seen(app, "app.log"))
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "按下新的键"))
        await pilot.press("q")
        await until(pilot, lambda: seen(app, "q 在输入框里要用来打字"))
        await pilot.press("enter", "ctrl+c")
        await until(pilot, lambda: seen(app, "不能用："))
        await pilot.press("enter", "tab")
        await until(pilot, lambda: seen(app, "Tab 已用于：下一个面板"))
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "按下新的键"))
        await pilot.press("escape")
        await until(pilot, lambda: not seen(app, "按下新的键"))
        assert isinstance(app.screen, KeysScreen)
        assert app.context.keys.keys("entry.send") == "enter"
    assert not (stage.folder / "settings.toml").exists()


async def test_a_key_that_not_every_terminal_sends_is_taken_with_a_warning(stage: Stage) -> None:
    """It counts; Del takes it away again, also where something was searched for."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(120, 30)) as pilot:
        await opened(pilot, app, "f10", KeysScreen)
        await write(pilot, "app.stats")
        await until(pilot, lambda: not seen(app, "app.log"))
        await pilot.press("enter", "ctrl+shift+y")
        await until(pilot, lambda: seen(app, "不是每个终端都能区分 Ctrl+Shift+Y"))
        assert app.context.keys.keys("app.stats") == "ctrl+shift+y"
        assert kept(stage) == {"keymap": {"app.stats": "ctrl+shift+y"}}
        await pilot.press("delete")
        await until(pilot, lambda: app.context.keys.keys("app.stats") == "f12")
        assert kept(stage) == {"keymap": {}}
        await pilot.press("home", "delete")  # here it deletes a letter
        await until(pilot, lambda: seen(app, "pp.stats") and app.context.keys.keys("app.stats") == "f12")


async def test_a_settings_file_that_is_broken_is_not_written(stage: Stage) -> None:
    """The screen says so, and what was wanted does not count either."""
    file = stage.folder / "settings.toml"
    file.write_text("[terminal\n", "utf-8")
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(pilot, app, "f8", SettingsScreen)
        await write(pilot, "mouse")
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "不能用：") and seen(app, "settings.toml"))
        assert app.context.settings.mouse is True
        await pilot.press("escape")
        await opened(pilot, app, "f10", KeysScreen)
        await write(pilot, "app.stats")
        await pilot.press("enter", "ctrl+r")
        await until(pilot, lambda: seen(app, "不能用："))
        assert app.context.keys.keys("app.stats") == "f12"
    assert file.read_text("utf-8") == "[terminal\n"


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("picture_size", "[20,8]", (20, 8)),
        ("list_width", "30", 30),
        ("notify.quiet", "23:00-07:00", "23:00-07:00"),
        ("notify.by", '["desktop"]', ("desktop",)),
        ("notify.away", '{"group": "count"}', {"group": "count"}),
        ("notify.command", '["notify", "-x"]', ("notify", "-x")),
        ("hold", "2.5", 2.5),
    ],
)
@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_value_is_typed(
    stage: Stage, name: str, typed: str, value: object, size: tuple[int, int]
) -> None:
    """Of every kind; it counts and is kept so that it is read again as the same."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=size) as pilot:
        await opened(pilot, app, "f8", SettingsScreen)
        await write(pilot, name)
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, f"{name} 的新值"))
        await emptied(pilot, typed)
        await pilot.press("enter")

        def now() -> object:
            table: object = app.context.settings
            for part in name.split("."):
                table = getattr(table, part)
            return table

        await until(pilot, lambda: now() == value)
    table: object = kept(stage)
    for part in name.split("."):
        assert isinstance(table, dict)
        table = table[part]
    assert table == (list(value) if isinstance(value, tuple) else value)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("picture_size", "[1,1]"),
        ("notify.quiet", "at night"),
        ("notify.by", '["post"]'),
        ("list_width", "wide"),
    ],
)
async def test_a_wrong_value_is_told_and_not_taken(stage: Stage, name: str, typed: str) -> None:
    """Whoever finds it wrong: the form, the type, the range."""
    app = stage.screen()
    before = app.context.settings
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await opened(pilot, app, "f8", SettingsScreen)
        await write(pilot, name)
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, f"{name} 的新值"))
        await emptied(pilot, typed)
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "不能用："))
        assert app.context.settings == before
    assert not (stage.folder / "settings.toml").exists()


async def test_another_preset_tells_what_own_keys_clash_with(stage: Stage) -> None:
    """At once, where it is chosen; and the log has it after the next start."""
    own = {"messages.raw": "p"}
    app = stage.screen(keymap={**own, "messages.paste-marked": ""})
    async with app.run_test(notifications=True, size=(120, 30)) as pilot:
        assert not app.context.log
        await opened(pilot, app, "f8", SettingsScreen)
        await write(pilot, "keys")
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "nchat"))
        await write(pilot, "emacs")
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "p 在“消息”里重复"))
    again = stage.screen(keys="emacs", keymap=own)
    async with again.run_test(notifications=True, size=(120, 30)) as pilot:
        assert ["p 在“消息”里重复" in text for _, _, text in again.context.log] == [True]


@pytest.mark.parametrize(
    ("language", "typed", "told"),
    [
        ("zh", "手机", "已读也告诉手机"),
        ("en", "phone", "tell the phone what was read"),
        ("zh-TW", "手機", "已讀也告訴手機"),
    ],
)
@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_settings_are_found_by_what_they_mean(
    stage: Stage, size: tuple[int, int], language: str, typed: str, told: str
) -> None:
    """Each says so beside its value."""
    app = stage.screen(language=language)
    async with app.run_test(notifications=True, size=size) as pilot:
        await opened(pilot, app, "f8", SettingsScreen)
        await until(pilot, lambda: seen(app, told) and seen(app, "theme"))
        await write(pilot, typed)
        await until(pilot, lambda: seen(app, told) and not seen(app, "theme"))
        assert any("sync_read" in line and "true" in line and told in line for line in shown(app))


def test_every_setting_can_be_changed_and_is_explained() -> None:
    """But for the keys, which have a screen of their own."""
    assert fields().keys() == SETTINGS.keys()
    assert all(len(told) == 3 and all(told) for told in SETTINGS.values())
    assert {"theme", "language", "keys", "send_key", "notify.quiet", "notify.bell", "hold"} <= fields().keys()
    assert "keymap" not in fields()


async def test_settings_count_at_once_and_are_kept_with_comments(stage: Stage) -> None:
    """The theme by choice, a switch by Enter, a wrong value is not taken."""
    file = stage.folder / "settings.toml"
    file.write_text('# mine\nprofile = "default"  # stays\n', "utf-8")
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.press("f8")
        await until(pilot, lambda: seen(app, "设置"))
        await write(pilot, "theme")
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "solarized"))
        await write(pilot, "gruv")
        await pilot.press("enter")
        await until(
            pilot, lambda: app.theme == "gruvbox" and app.context.palette.styles["me"].color is not None
        )
        await pilot.press("ctrl+u")
        await write(pilot, "hold")
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "hold 的新值"))
        await pilot.press("ctrl+u")
        await write(pilot, "99")
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "不能用：hold is out of range"))
        await pilot.press("ctrl+u")
        await write(pilot, "sync_read")
        await pilot.press("enter")
        await until(pilot, lambda: app.context.settings.sync_read is False)
    text = file.read_text("utf-8")
    assert text.startswith("# mine\n")
    assert "# stays" in text
    assert tomllib.loads(text)["terminal"] == {"theme": "gruvbox", "sync_read": False}


async def test_a_key_is_changed_on_the_screen(stage: Stage) -> None:
    """It counts at once; one that is taken is refused with the action that has it."""
    app = stage.screen()
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.press("f10")
        await until(pilot, lambda: seen(app, "按键"))
        await write(pilot, "app.stats")
        await pilot.press("enter")
        await until(pilot, lambda: seen(app, "按下新的键"))
        await pilot.press("f9")
        await until(pilot, lambda: seen(app, "F9 已用于：日志"))
        await pilot.press("enter", "ctrl+r")
        await until(pilot, lambda: seen(app, "Ctrl+R"))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: seen(app, "持有登录的进程"))
    kept = tomllib.loads((stage.folder / "settings.toml").read_text("utf-8"))
    assert kept["terminal"]["keymap"] == {"app.stats": "ctrl+r"}
