"""What every screen works with: one clock, one language, settings that count at once, a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hongyan.terminal.strings.language import Language

from .conftest import NOW

if TYPE_CHECKING:
    from .conftest import Stage


async def test_all_times_are_of_the_clock_that_was_handed_in(stage: Stage) -> None:
    """Texts, the log and the time that the program has run."""
    context = stage.screen(language="en").context
    assert context.list_time_text(NOW - 86_400) == "Yesterday"
    stage.now = NOW + 86_400
    assert context.list_time_text(NOW) == "Yesterday"
    assert context.clock() - context.started == 86_400
    context.note("x")
    assert context.log[-1].at == stage.now


async def test_the_settings_name_the_language_before_the_machine_does(stage: Stage) -> None:
    """And the log holds one clean line for whatever is written."""
    assert stage.screen(language="").context.language is Language.EN
    context = stage.screen(language="zh-TW").context
    assert context.language is Language.ZH_TW
    context.note("a\nb\x1b[0m", error=True)
    assert context.log[-1].level == "error"
    assert "\n" not in context.log[-1].text
    assert "\x1b" not in context.log[-1].text


async def test_changed_settings_count_at_once(stage: Stage) -> None:
    """Keys and theme, on the screen and for whoever asks."""
    app = stage.screen()
    async with app.run_test(size=(80, 24)):
        app.context.change(keymap={"app.stats": "ctrl+r"}, theme="gruvbox")
        assert app.context.keys.keys("app.stats") == "ctrl+r"
        assert app.theme == app.context.themes.name == "gruvbox"
        assert app.main.entry.keys is app.context.keys
