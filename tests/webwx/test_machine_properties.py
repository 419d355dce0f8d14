"""Whatever comes back, the machine stays whole: no foreign error, no second poll, no key used early, no new init."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hongyan.webwx.credentials import SyncPosition
from hongyan.webwx.http import Failure, FailureKind, Lane, Response
from hongyan.webwx.machine import State
from hongyan.webwx.machine_events import Batch, Step
from hongyan.webwx.states import TRANSITIONS

from .driving import (
    ASKED,
    BARRED,
    CODE,
    NO_CODE,
    OVER,
    PAGE,
    REFUSED,
    STANDS,
    WAYS,
    Drive,
    answer,
    at,
    check,
    init,
    poll,
    sync,
    text,
)

SENSIBLE = [
    *(CODE, NO_CODE, ASKED, REFUSED, BARRED, STANDS, OVER, text(PAGE), init()),
    *(poll(code) for code in (200, 201, 202, 400, 408, 500, 0)),
    *(check(code, selector) for code in (0, 1100, 1101, 1102, 1205) for selector in (0, 2)),
    *(sync(11, 21), sync(12, 22, more=1), sync(messages=0), sync(SyncKey=None), answer()),
    *(answer(ret=ret) for ret in (-1, 1, 1100, 1101, 1102, 1205)),
    Response(status=0, malformed=True),
]

names = st.sampled_from(["Set-Cookie", "Content-Type", "Location"])
headers = st.lists(st.tuples(names, st.text()), max_size=3).map(tuple)
damaged = st.builds(
    lambda whole, cut, extra: whole.body[:cut] + extra + whole.body[cut:],
    st.sampled_from(SENSIBLE),
    st.integers(0, 400),
    st.binary(max_size=12),
)
bodies = st.one_of(st.binary(), damaged, st.sampled_from(SENSIBLE).map(lambda r: r.body))
statuses = st.sampled_from([0, 200, 200, 200, 206, 301, 302, 400, 403, 404, 500, 503])
responses = st.one_of(
    st.sampled_from(SENSIBLE),
    st.builds(Response, status=statuses, headers=headers, body=bodies, malformed=st.booleans()),
)
failures = st.builds(Failure, endpoint=st.just("any"), problem=st.text(), kind=st.sampled_from(FailureKind))


@given(st.sampled_from(list(WAYS)), st.lists(st.one_of(responses, failures), min_size=1, max_size=6))
@settings(max_examples=250, deadline=None)
def test_nothing_from_outside_raises(state: State, answers: list[Response | Failure]) -> None:
    """In every state, any bytes, headers and failures are taken: the machine answers with a step, never an exception."""
    drive = at(state)
    for heard in answers:
        drive.hear(heard)


class Cycle(RuleBasedStateMachine):
    """A caller that sends what it is told to, hands back anything at all, and commits when it likes."""

    @initialize(state=st.sampled_from([p for p in WAYS if p is not State.NEW]))
    def start(self, state: State) -> None:
        self.drive = at(state)
        self.out = self.drive.step.request
        self.held = self.drive.machine.position
        self.was = state

    def told(self, step: Step) -> None:
        """Only an answer or a commit may bring a request, so there is never a second one out."""
        assert self.out is None
        self.out = step.request
        allowed = {target for (source, _), target in TRANSITIONS.items() if source is self.was}
        assert self.drive.machine.state in {*allowed, self.was}
        self.was = self.drive.machine.state

    @precondition(lambda self: self.out is not None)
    @rule(heard=st.one_of(responses, failures))
    def hear(self, heard: Response | Failure) -> None:
        before = self.drive.machine.position
        self.out = None
        running = self.was in {State.CHECKING, State.SYNCING, State.CONFIRMING}
        self.told(self.drive.hear(heard))
        if running:
            assert self.drive.machine.position == before, "an answer alone never moves the key"

    @precondition(lambda self: self.was is State.COMMITTING)
    @rule()
    def commit(self) -> None:
        batch = next(n for n in reversed(self.drive.events) if isinstance(n, Batch))
        self.told(self.drive.commit())
        assert self.drive.machine.position == batch.position

    @precondition(lambda self: self.was in {State.NEW, State.REFUSED, State.ENDED})
    @rule(by_phone=st.booleans())
    def again(self, by_phone: bool) -> None:
        self.told(self.drive.push() if by_phone else self.drive.begin())

    @invariant()
    def a_request_is_out_just_where_one_is_waited_for(self) -> None:
        waits = {State.NEW, State.COMMITTING, State.REFUSED, State.ENDED}
        assert (self.out is None) is (self.was in waits)

    @invariant()
    def no_login_begins_while_a_key_is_held(self) -> None:
        if self.out is not None and self.out.endpoint == "webwxinit":
            assert self.was is State.INIT
            assert self.drive.machine.position is None

    @invariant()
    def everything_goes_to_the_one_origin(self) -> None:
        if self.out is not None:
            assert self.out.origin == "http://127.0.0.1:8081"
            assert self.out.lane is not Lane.FILE


Cycle.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestCycle = Cycle.TestCase


@given(st.lists(st.one_of(responses, failures), max_size=8))
@settings(deadline=None)
def test_a_resumed_login_never_inits(answers: list[Response | Failure]) -> None:
    """With a saved position every request is a sync, a check or a look at the root page, whatever goes wrong."""
    drive = Drive()
    held = at(State.CHECKING).machine.position
    assert isinstance(held, SyncPosition)
    drive.restore(held)
    for heard in answers:
        if drive.step.request is None:
            break
        assert drive.step.request.endpoint in {"webwxsync", "synccheck", "root_page"}
        drive.hear(heard)
        if drive.machine.state is State.COMMITTING:
            drive.commit()
