"""Pictures that are drawn."""

from __future__ import annotations

import io

from PIL import Image

from hongyan.emulator.pictures import avatar


def test_avatars_are_pictures() -> None:
    """The same for the same name; of the size that was asked."""
    assert avatar("a") == avatar("a") != avatar("b")
    with Image.open(io.BytesIO(avatar("a", 132))) as picture:
        picture.load()
        assert (picture.format, picture.size) == ("JPEG", (132, 132))
