"""An error goes through a command's row and comes back as what it was."""

from __future__ import annotations

import pytest

from hongyan.errors import (
    Blocked,
    HeldBack,
    HongyanError,
    InternalError,
    LoginEnded,
    Missed,
    NoAnswer,
    NoSuchChat,
    NotCapable,
    NotComplete,
    NotFriends,
    NotLoggedIn,
    Oversized,
    ProtocolChanged,
    Refused,
    StorageError,
    TooFast,
    UsageError,
    WrongContent,
)
from hongyan.model.commands import CommandRow, Outcome, SendText, Settlement
from hongyan.model.error_codec import PERHAPS, error_of, failed, unconfirmed
from hongyan.model.ids import ChatKey, ClientMsgId, CommandId

ID = CommandId(7)
ERRORS = (
    Refused("webwxsendmsg", 1204),
    Refused("webwxsendmsg", 1, "try (again) later"),
    Refused("webwxoplog", -1, "no such room"),
    Refused("webwxoplog", -4321),
    TooFast("webwxsendmsg"),
    TooFast("webwxsendmsg", "slow down"),
    NotFriends(),
    NotFriends("Bob has (not) added you"),
    Blocked("rejected"),
    LoginEnded(1101, endpoint="webwxsendmsg"),
    ProtocolChanged("webwxsendmsg", "no JSON"),
    NoAnswer("webwxsendmsg", "it broke off: reset by peer"),
    NotComplete("the picture", 5, 9),
    NotComplete("the list", 5, None),
    WrongContent("webwxgetmedia", "a web page came"),
    Oversized("webwxgetmedia", "more than 9 bytes"),
    Missed("its time passed at 18:00"),
    NoSuchChat('Anna\'s "chat"'),
    NotLoggedIn("work"),
    NotCapable("pin a chat", "webwx"),
    HeldBack("the pace"),
    StorageError("the disk is full"),
    InternalError("sending", "KeyError"),
    UsageError("'a.png' is empty"),
)


def _row(settled: Settlement) -> CommandRow:
    return CommandRow(
        id=ID,
        command=SendText(chat=ChatKey("c"), text="hi"),
        client_msg_id=ClientMsgId("1"),
        outcome=settled.outcome,
        created_at=0.0,
        result=settled.result,
        reason=settled.reason,
        said=settled.said,
        retry_at=settled.retry_at,
    )


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_who_waits_gets_the_error_that_was(error: HongyanError) -> None:
    """Of the same kind, with the same sentence and advice."""
    again = error_of(_row(failed(ID, error)))
    assert type(again) is type(error)
    assert (str(again), again.code, again.exit_code) == (str(error), error.code, error.exit_code)
    if not isinstance(error, NotCapable | NotLoggedIn | UsageError):  # whose advice a row does not keep
        assert again.advice == error.advice


@pytest.mark.parametrize("error", [HeldBack("the pace"), TooFast("webwxsendmsg", "slow down")])
def test_a_time_to_try_again_is_kept(error: HeldBack | TooFast) -> None:
    """Unix seconds."""
    again = error_of(_row(failed(ID, error, retry_at=1_700_000_000.0)))
    assert isinstance(again, HeldBack)
    assert again.retry_at == 1_700_000_000.0


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (NoAnswer("webwxsendmsg", "it broke off"), NoAnswer, "it broke off"),
        (ProtocolChanged("webwxsendmsg", "no JSON"), ProtocolChanged, "no JSON"),
        (LoginEnded(1101), NoAnswer, "no answer"),
    ],
)
def test_what_is_in_doubt_is_no_refusal(error: HongyanError, kind: type[HongyanError], said: str) -> None:
    """Nobody knows whether it happened."""
    settled = unconfirmed(ID, error)
    assert settled.outcome is Outcome.UNCONFIRMED
    again = error_of(_row(settled))
    assert type(again) is kind
    assert said in str(again)


def test_one_of_several_may_be_the_refused_one() -> None:
    """The service did not say which."""
    row = _row(Settlement(ID, Outcome.UNCONFIRMED, result="", reason=PERHAPS, said="not a friend"))
    again = error_of(row)
    assert isinstance(again, NoAnswer)
    assert "not a friend" in str(again)


@pytest.mark.parametrize("outcome", [Outcome.QUEUED, Outcome.SENT, Outcome.ACCEPTED, Outcome.ECHOED])
def test_without_a_failure_there_is_no_error(outcome: Outcome) -> None:
    """Whatever the row says beside its outcome."""
    assert error_of(_row(Settlement(ID, outcome, result="", reason="refused.1", said="x"))) is None


@pytest.mark.parametrize(
    "reason", ["", "of-a-later-version", "refused.", "refused.x", "internal", "not-complete"]
)
def test_a_reason_that_nobody_wrote_is_told_in_its_own_words(reason: str) -> None:
    """Rows of other versions must not raise."""
    again = error_of(_row(Settlement(ID, Outcome.FAILED, result="", reason=reason, said="as it was said")))
    assert "as it was said" in str(again)


def test_a_row_of_an_earlier_version_names_the_chat() -> None:
    """The sentence was another one."""
    said = 'no chat is called "Anna\'s"'
    again = error_of(_row(Settlement(ID, Outcome.FAILED, result="", reason="no-such-chat", said=said)))
    assert isinstance(again, NoSuchChat)
    assert again.name == "Anna's"
