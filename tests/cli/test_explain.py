"""``hongyan explain CODE``: what errors carry, printed by itself."""

from __future__ import annotations

import json
import re

import pytest

from hongyan.cli import main
from hongyan.errors import MEANINGS, HongyanError, LoginEnded


def _run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, err


def test_explain_prints_the_entry_that_errors_carry(capsys: pytest.CaptureFixture[str]) -> None:
    """One table serves both."""
    code, out, _ = _run("explain", "1102", capsys=capsys)
    assert code == 0
    assert MEANINGS[1102].meaning in out
    assert LoginEnded(1102).advice in out


def test_explain_knows_every_code_of_the_tree(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever an error or a row of the outbox may say."""
    kinds = [HongyanError]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        code = kind.__dict__.get("code")
        if isinstance(code, str) and kind is not HongyanError:
            status, said, _ = _run("explain", code, "--json", capsys=capsys)
            assert status == 0, code
            told = json.loads(said)
            assert told["meaning"], code
            assert told["advice"], code
            assert told["meaning"] != " ".join((kind.__doc__ or "").split()), code  # which is for programmers
            assert not re.search(r"[`_]|\b(Unix|None|str|tuple|int)\b", told["meaning"] + told["advice"]), (
                code
            )


def test_explain_knows_negative_numbers_and_our_own_codes(capsys: pytest.CaptureFixture[str]) -> None:
    """-1 is a code, not an option; refused.1205 is what ``code`` says."""
    assert json.loads(_run("explain", "-1", "--json", capsys=capsys)[1])["code"] == -1
    assert json.loads(_run("explain", "refused.1205", "--json", capsys=capsys)[1])["code"] == 1205
    assert "NoAnswer" in _run("explain", "no-answer", capsys=capsys)[1]
