"""Pictures of the full screen: reading a file and drawing it, in half cells and for kitty, and what is held of them.

`python bench/pictures.py [RUNS]`. The files are a photograph of 12 megapixels and a thumbnail, made here; the median of the
runs counts, and the memory is that of a hundred drawn thumbnails, none of whose cells is like another.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from hongyan.terminal.full.pictures.draw import Drawn, UnreadablePicture, draw, png_of
from hongyan.terminal.full.pictures.kitty import Kitty

if TYPE_CHECKING:
    from collections.abc import Callable

ROOM = (40, 12)  # columns and rows, as the settings have it
SCREEN = (120, 40)
BLACK = (0, 0, 0)


def photograph(path: Path, size: tuple[int, int]) -> Path:
    """Write a JPEG with the detail of a photograph: noise over slow changes of colour."""
    slow = Image.effect_noise((12, 9), 200).resize(size, Image.Resampling.BICUBIC)
    fine = Image.effect_noise(size, 40)
    Image.merge("RGB", (slow, Image.blend(slow, fine, 0.3), fine)).save(path, quality=85)
    return path


def median_ms(work: Callable[[], object], runs: int) -> float:
    """Return how long something takes, in milliseconds."""
    took = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return statistics.median(took) * 1000


def handed_over(path: Path, room: tuple[int, int]) -> int:
    """Make a picture ready for kitty, and return how many characters are written to the terminal for it."""
    written: list[str] = []
    kitty = Kitty(written.append)
    made = png_of(path, *room, kitty.cell)
    assert not isinstance(made, UnreadablePicture)
    kitty.show(made[1], *room)
    return sum(map(len, written))


def main(runs: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        files = {
            "12 megapixels": photograph(Path(folder, "large.jpg"), (4000, 3000)),
            "thumbnail 640x480": photograph(Path(folder, "small.jpg"), (640, 480)),
        }
        for name, path in files.items():
            half = median_ms(lambda path=path: draw(path, *ROOM, BLACK), runs)  # type: ignore[misc]  # bound at once
            full = median_ms(lambda path=path: draw(path, *SCREEN, BLACK), runs)  # type: ignore[misc]  # as above
            kitty = median_ms(lambda path=path: handed_over(path, ROOM), runs)  # type: ignore[misc]  # as above
            print(f"{name} ({path.stat().st_size / 1e6:.2f} MB): half cells 40x12 {half:.0f} ms,", end=" ")
            print(
                f"120x40 {full:.0f} ms; kitty 40x12 {kitty:.0f} ms, {handed_over(path, ROOM) / 1000:.0f} kB"
            )
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        held = [draw(files["thumbnail 640x480"], *ROOM, BLACK) for _ in range(100)]
        held_mb = (tracemalloc.get_traced_memory()[0] - before) / 1e6
        assert all(isinstance(drawn, Drawn) for drawn in held)
        print(f"a hundred drawn thumbnails of 40x12: {held_mb:.1f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
