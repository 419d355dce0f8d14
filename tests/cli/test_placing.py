"""Options that stand before their command, and the line that would do."""

from __future__ import annotations

import shlex

import pytest

from hongyan.cli import main


def _run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, err


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("--profile x chats", "hongyan chats --profile x"),
        ("-p x send Anna hello", "hongyan send -p x Anna hello"),
        ("--no-pace outbox retry 1", "hongyan outbox retry --no-pace 1"),
        ("--profile=x people unresolved", "hongyan people unresolved --profile=x"),
        ("--profile chats contacts", "hongyan contacts --profile chats"),
        ("--home 'a b' --json history Anna", "hongyan history --home 'a b' --json Anna"),
        ("--profile x", "hongyan COMMAND --profile x"),
        ("--profil x chats", "See: hongyan --help"),
        ("people --profile x unresolved", "hongyan people unresolved --profile x"),
        ("outbox --json drop 1", "hongyan outbox drop --json 1"),
    ],
)
def test_an_option_before_its_command_is_told_its_place(
    line: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is no command, and the line that would do is shown."""
    code, _, err = _run(*shlex.split(line), capsys=capsys)
    assert code == 2
    assert "no command" not in err
    assert err.rstrip().removesuffix('"}}').endswith(hint), err
