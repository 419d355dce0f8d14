"""Every step of the table, taken by the machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hongyan.webwx.credentials import SyncPosition
from hongyan.webwx.machine import Machine
from hongyan.webwx.states import TRANSITIONS, State, Trigger, as_mermaid, next_state

from .driving import (
    ASKED,
    BARRED,
    BROKEN,
    CODE,
    EMULATOR,
    NO_CODE,
    NOBODY,
    OVER,
    PAGE,
    REFUSED,
    STANDS,
    Drive,
    answer,
    at,
    check,
    drawn,
    init,
    keepsake,
    poll,
    saved,
    sync,
    sync_key,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from hongyan.webwx.http import Response

HELD = SyncPosition(sync_key=sync_key(10, 20))
P, S = State, Trigger


def hears(*answers: Response) -> Callable[[Drive], object]:
    return lambda drive: drive.hear(*answers)


def nobody(times: int) -> Callable[[Drive], object]:
    return lambda drive: drive.hear(*[NOBODY] * times)


def every(
    phases: tuple[State, ...], trigger: Trigger, do: Callable[[Drive], object]
) -> dict[tuple[State, Trigger], Callable[[Drive], object]]:
    return {(state, trigger): do for state in phases}


IDLE = (P.NEW, P.REFUSED, P.ENDED)
POLLING = (P.QR_WAIT, P.SCANNED, P.PUSH_WAIT)


def doubted_by_sync(drive: Drive, page: Response) -> None:
    """webwxsync alone called the login over, and the root page answers so."""
    drive.hear(STANDS, sync(11, 21))
    drive.commit()
    drive.hear(check(0, 2), answer(ret=1101), page)


# What makes each step of the table happen, in the state where it begins.
STEPS: dict[tuple[State, Trigger], Callable[[Drive], object]] = {
    **every(IDLE, S.BEGIN, lambda d: d.begin()),
    **every(IDLE, S.ASK_PHONE, lambda d: d.push()),
    (P.NEW, S.RESUME): lambda d: d.restore(HELD),
    (P.NEW, S.RESUME_BLIND): lambda d: d.restore(),
    (P.CODE, S.CODE): hears(CODE),
    (P.CODE, S.FAULT): hears(BROKEN),
    (P.CODE, S.ABANDONED): hears(NO_CODE, NO_CODE, NO_CODE),
    **every(POLLING, S.STILL, hears(poll(408))),
    **every(POLLING, S.SCANNED, hears(poll(201))),
    **every(POLLING, S.CONFIRMED, hears(poll(200))),
    **every(POLLING, S.CANCELLED, hears(poll(202))),
    **every(POLLING, S.EXPIRED, hears(poll(400))),
    **every(POLLING, S.FAULT, hears(BROKEN)),
    **every(POLLING, S.ABANDONED, nobody(40)),
    (P.PUSH_ASK, S.CODE): hears(ASKED),
    (P.PUSH_ASK, S.PUSH_REFUSED): hears(REFUSED),
    (P.PUSH_ASK, S.FAULT): hears(text("<html>")),
    (P.PUSH_ASK, S.ABANDONED): nobody(3),
    (P.TICKET, S.ADMITTED): hears(text(PAGE)),
    (P.TICKET, S.BARRED): hears(BARRED),
    (P.TICKET, S.FAULT): hears(text("<html></html>")),
    (P.TICKET, S.ABANDONED): nobody(40),
    (P.INIT, S.ADMITTED): hears(init()),
    (P.INIT, S.BARRED): hears(answer(ret=1)),
    (P.INIT, S.SAID_OVER): hears(answer(ret=1100)),
    (P.INIT, S.OVER): hears(answer(ret=1100), OVER, answer(ret=1100)),
    (P.INIT, S.FAULT): hears(answer(ret=-1)),
    (P.INIT, S.ABANDONED): nobody(40),
    (P.NOTIFY, S.NOTIFIED): hears(answer()),
    (P.NOTIFY, S.FAULT): hears(BROKEN),
    (P.CHECKING, S.QUIET): hears(check(0, 0)),
    (P.CHECKING, S.NEWS): hears(check(0, 7)),
    (P.CHECKING, S.FAULT): hears(BROKEN),
    (P.CHECKING, S.SAID_OVER): hears(check(1102)),
    (P.SYNCING, S.BATCH): hears(sync(11, 21)),
    (P.SYNCING, S.FAULT): hears(answer(ret=-1)),
    (P.SYNCING, S.SAID_OVER): hears(answer(ret=1101)),
    (P.SYNCING, S.OVER): hears(answer(ret=1101), OVER, answer(ret=1101)),
    (P.COMMITTING, S.COMMITTED): lambda d: d.commit(),
    (P.CONFIRMING, S.ASK_SYNC): hears(STANDS),
    (P.CONFIRMING, S.ASK_CHECK): lambda d: doubted_by_sync(d, text("<html>")),
    (P.REVIEWING, S.ASK_INIT): hears(STANDS),
    (P.REVIEWING, S.OVER): hears(text("?"), answer(ret=1100), OVER),
    (P.REVIEWING, S.FAULT): hears(BROKEN),
    (P.REVIEWING, S.ABANDONED): nobody(40),
    (P.CONFIRMING, S.OVER): hears(STANDS, answer(ret=1101), STANDS, answer(ret=1101), OVER),
    (P.CONFIRMING, S.FAULT): hears(BROKEN),
}


def test_every_step_of_the_table_is_tried() -> None:
    """The list above and the table name the same steps; one is tried by itself below."""
    assert {*STEPS, (P.COMMITTING, S.MORE)} == set(TRANSITIONS)


@pytest.mark.parametrize("step", STEPS, ids=lambda s: f"{s[0].value}, {s[1].value}")
def test_a_step_leads_where_the_table_says(
    step: tuple[State, Trigger], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine goes by just this trigger to the state in the table, and asks for what is waited for there."""
    drive = at(step[0])
    taken: list[tuple[State, Trigger]] = []

    def noted(state: State, trigger: Trigger) -> State:
        taken.append((state, trigger))
        return next_state(state, trigger)

    monkeypatch.setattr("hongyan.webwx.machine.next_state", noted)
    STEPS[step](drive)
    assert taken[-1] == step
    assert drive.machine.state is TRANSITIONS[step]
    waits = drive.machine.state in {P.NEW, P.COMMITTING, P.REFUSED, P.ENDED}
    assert (drive.step.request is None) is waits


def test_more_to_fetch_leads_back_to_sync() -> None:
    """``ContinueFlag`` asks for the next batch without a synccheck between."""
    drive = at(P.SYNCING)
    drive.hear(sync(11, 21, more=1))
    drive.commit()
    assert drive.machine.state is TRANSITIONS[P.COMMITTING, S.MORE]


def test_every_phase_can_be_reached_and_every_sign_occurs() -> None:
    """Nothing in the table is out of reach."""
    assert {P.NEW, *TRANSITIONS.values()} == set(State)
    assert {trigger for _, trigger in TRANSITIONS} == set(Trigger)


def test_no_step_leads_from_a_held_position_to_init() -> None:
    """Once the cycle runs, nothing but a person's new login comes to webwxinit."""
    running = {P.NOTIFY, P.CHECKING, P.SYNCING, P.COMMITTING, P.CONFIRMING}
    assert not [1 for (source, _), target in TRANSITIONS.items() if source in running and target is P.INIT]


def test_the_diagram_shows_every_step() -> None:
    """It is drawn from the table, so it cannot differ."""
    diagram = as_mermaid()
    assert diagram.startswith("stateDiagram-v2")
    for (source, trigger), target in TRANSITIONS.items():
        arrow = f"{source.value.replace('-', '_')} --> {target.value.replace('-', '_')}:"
        assert any(arrow in line and trigger.value in line for line in diagram.splitlines())


def test_the_documented_diagram_is_the_printed_one() -> None:
    """Whoever changes the table prints the diagram anew."""
    page = Path(__file__).parents[2] / "docs" / "login-and-sync.md"
    assert f"```mermaid\n{as_mermaid()}\n```" in page.read_text("utf-8")


@pytest.mark.parametrize("state", list(State))
def test_an_answer_that_nobody_waits_for_changes_nothing(state: State) -> None:
    """Where the machine waits for its caller, a late answer is dropped."""
    drive = at(state)
    if drive.step.request is None:
        assert drive.hear(check(1101)) == drive.hear(NOBODY)
        assert drive.machine.state is state


def test_a_push_needs_what_the_last_login_left() -> None:
    """Without it the service is not asked at all."""
    drive = Drive(Machine(EMULATOR, entropy=drawn, credentials=saved()))
    assert drive.push().request is None
    assert drive.machine.state is P.NEW
    assert keepsake().usable
