"""Own themes count as soon as they are saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..conftest import seen, until

if TYPE_CHECKING:
    from ..conftest import Stage


async def test_an_own_theme_counts_as_it_is_saved(stage: Stage) -> None:
    """While the program runs; one that is wrong is told and changes nothing."""
    folder = stage.folder / "themes"
    folder.mkdir()
    (folder / "mine.toml").write_text('primary = "#ff0000"\n', "utf-8")
    app = stage.screen(theme="mine")
    async with app.run_test(notifications=True, size=(100, 30)) as pilot:
        await pilot.pause()

        def ink() -> tuple[int, ...]:
            color = app.context.palette.styles["me"].color
            return tuple(color.get_truecolor()) if color is not None else ()

        before = ink()
        (folder / "mine.toml").write_text('primary = "#00ff00"\n', "utf-8")
        await until(pilot, lambda: ink() not in {before, ()} and ink()[1] == 255)
        (folder / "other.toml").write_text('primary = "nocolour"\n', "utf-8")
        await until(pilot, lambda: seen(app, "other.toml: 'nocolour' is no"))
        assert app.theme == "mine"
