"""An answer that is written as a text is read as what it was."""

from __future__ import annotations

import pytest

from hongyan.model.quoting import WrittenQuote, quoted_in, with_quote


@pytest.mark.parametrize("what", ["吃了吗", "a\nb", "[picture 83 KB]", "so 「it」 is", ""])
def test_what_is_written_is_read(what: str) -> None:
    """With any words in it, also with marks of quotation."""
    assert quoted_in(with_quote("老王", what, "ok\nand more")) == WrittenQuote("老王", what, "ok\nand more")


@pytest.mark.parametrize(
    "text",
    [
        "「Bob：hi」\n- - - - - - - - - - - - - - -\nyes",
        "「Bob:hi」\n---\nyes",
        "「Bob: hi」\n—————\nyes",
    ],
)
def test_other_clients_write_it_a_little_differently(text: str) -> None:
    """The colon may be a wide one, the line shorter or of other dashes."""
    assert quoted_in(text) == WrittenQuote("Bob", "hi", "yes")


@pytest.mark.parametrize(
    "text", ["", "「Bob: hi」", "「Bob: hi」\nyes", "「: hi」\n---\nyes", "x「Bob: hi」\n---\nyes"]
)
def test_other_texts_quote_nothing(text: str) -> None:
    """A name, words and a line below them must all be there."""
    assert quoted_in(text) is None
