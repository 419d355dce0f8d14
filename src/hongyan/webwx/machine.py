"""One account's protocol as a state machine: it takes an answer and returns the next request; it sends nothing itself.

The caller sends ``Step.request`` after ``Step.wait`` seconds and hands what comes to ``receive``, or its absence to
``failed``; and so on for the life of the login. States and steps are the table of ``states``; this module reads signs
from answers and builds the request that each state waits for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

# The tables at the end are part of the class, so they name its private methods.
# ruff: noqa: SLF001
from hongyan.errors import (
    HongyanError,
    LoginEnded,
    Misread,
    NoAnswer,
    ProtocolChanged,
    Refused,
    UsageError,
    described,
)
from hongyan.webwx import login
from hongyan.webwx.boundary import ours_in
from hongyan.webwx.calls.caller import Caller, Entropy, accepted, answered, require, require_whole
from hongyan.webwx.calls.contacts import Notify, notify
from hongyan.webwx.calls.misc import root_page
from hongyan.webwx.credentials import Credentials, Keepsake, SyncPosition
from hongyan.webwx.doubt import Doubt
from hongyan.webwx.hosts import Hosts
from hongyan.webwx.http import Failure, Request, Response
from hongyan.webwx.machine_events import (
    Batch,
    CredentialsChanged,
    Degraded,
    Ended,
    Failed,
    LoggedIn,
    LoginCancelled,
    LoginConfirmed,
    LoginHindered,
    MachineEvent,
    NotTold,
    PhoneAsked,
    PushRefused,
    QrExpired,
    QrIssued,
    QrScanned,
    Recovered,
    Step,
    UnreadableBatch,
)
from hongyan.webwx.parse import (
    SyncAnswer,
    parse_init,
    parse_login_code,
    parse_login_page,
    parse_login_poll,
    parse_push_login,
    parse_root_page,
    parse_sync,
    parse_sync_check,
)
from hongyan.webwx.pauses import LONGEST_POLL_PAUSE, Damper, pause, poll_pause
from hongyan.webwx.states import NO_RECOVERY, ONLINE, REFUSED_AT_MOST, State, Trigger, next_state

__all__ = ["Machine", "State", "Step"]

RENEWALS: Final = 10  # QR codes shown one after the other before giving up
_CODE_LIVES: Final = 300.0  # seconds
_POLLS_MISREAD: Final = 10  # faults of ours in reading polls of a code: the next will be no better
_ENDLESS: Final = 1 << 31
_ROUNDS: Final = 50  # webwxsync in a row on ContinueFlag
_KEPT_AFTER: Final = 3  # unreadable answers in a row
_OVER: Final = frozenset({1100, 1101, 1102})


class Machine:
    """The one public class of the protocol.

    ``credentials`` and ``position`` are what the last answers left; the caller keeps both. Every method returns a Step.
    """

    def __init__(
        self,
        hosts: Hosts,
        *,
        entropy: Entropy,
        credentials: Credentials | None = None,
        keepsake: Keepsake | None = None,
        language: str = "zh_CN",
    ) -> None:
        self.state = State.NEW
        self.credentials = credentials
        self._hosts = hosts
        self._entropy = entropy
        self._keepsake = keepsake
        self._language = language
        self._start_anew(0.0, fresh=True)

    def _start_anew(self, now: float, *, fresh: bool, position: SyncPosition | None = None) -> None:
        """Reset the counters: no failure of one login counts for the next."""
        self.position = position
        self._now = self._sent_at = now
        self._fresh = fresh
        self._uuid = self._redirect = ""
        self._deadline = now + _CODE_LIVES
        self._polls = self._renewals = self._failures = self._refusals = 0
        self._doubts = self._contradicted = 0
        self._doubt = Doubt()
        self._damper = Damper()
        self._rounds = self._lost = 0
        self._untold: list[MachineEvent] = []
        self._ending = LoginEnded(1100)
        self._batch: Batch | None = None

    # -- entry points for the caller

    def begin(self, now: float) -> Step:
        """Start a login by QR code."""
        self._start_anew(now, fresh=True)
        return self._go(Trigger.BEGIN)

    def push(self, now: float) -> Step:
        """Ask the phone of the last login to confirm; if the service refuses, an event reports it and nothing more is tried."""
        kept = self._keepsake
        if kept is None or not kept.usable or kept.hosts.server != self._hosts.server:
            return Step(events=(PushRefused(),))
        self._start_anew(now, fresh=True)
        self._hosts = kept.hosts  # the family that the account had
        return self._go(Trigger.ASK_PHONE)

    def restore(self, now: float, position: SyncPosition | None = None) -> Step:
        """Resume with saved credentials: from ``position`` if there is one, else from *now* through webwxinit.

        UsageError without credentials, and where they are those of another server.
        """
        if self.credentials is None:
            raise UsageError("there are no credentials to resume with")
        if self.credentials.hosts.server != self._hosts.server:
            raise UsageError(f"the saved login is one of {self.credentials.hosts.server}")
        blind = position is None or not self.credentials.me
        self._start_anew(now, fresh=False, position=None if blind else position)
        return self._go(Trigger.RESUME_BLIND if blind else Trigger.RESUME)

    def recheck(self, now: float) -> Step:
        """Check at once whether the login still holds, because a command was refused with 1100 to 1102.

        The caller drops the poll that is out. Without a running cycle there is nothing to do.
        """
        self._now = self._sent_at = now
        return Step(self._request()) if self.state is State.CHECKING else Step()

    def commit(self, batch: Batch, now: float) -> Step:
        """Continue after ``batch`` was made durable: only now is its key used."""
        if self.state is not State.COMMITTING or batch is not self._batch:
            return Step()
        self._now, self._batch = now, None
        wait = self._damper.after_batch(brought=bool(batch.items), moved=batch.position != self.position)
        self.position, self.credentials = batch.position, batch.credentials
        self._rounds = self._rounds + 1 if batch.more and self._rounds < _ROUNDS else 0
        if self._contradicted and not self._rounds:  # synccheck calls a login over that works
            wait = max(wait, min(pause(self._contradicted), LONGEST_POLL_PAUSE))
        return self._go(Trigger.MORE if self._rounds else Trigger.COMMITTED, wait=wait)

    # -- what a caller is answered

    def receive(self, response: Response, now: float) -> Step:
        """Take the answer to the last step's request."""
        self._now = now
        asked, reader = self.state, _READERS.get(self.state)
        if reader is None:
            return Step()
        try:
            return reader(self, response)
        except HongyanError as problem:
            return self._fault(problem)
        except Exception as fault:  # noqa: BLE001  # a fault of ours in reading must not end a login
            self.state = asked
            return self._misread(response, fault)

    def _misread(self, response: Response, fault: Exception) -> Step:
        """Repeat the request, as after any answer that cannot be read."""
        if self.state is State.SYNCING:
            return self._unreadable(response.body, described(fault), fault)
        return self._fault(Misread(self.state, fault))

    def failed(self, failure: Failure, now: float) -> Step:
        """Handle the absence of an answer to the last step's request."""
        self._now = now
        return self._fault(failure.error()) if self.state in _READERS else Step()

    # -- moving on

    def _go(self, trigger: Trigger, *events: MachineEvent, wait: float = 0.0, firm: bool = False) -> Step:
        """Take the step that ``trigger`` leads to, and return the request that the new state waits for."""
        if trigger not in NO_RECOVERY:
            events = (*events, *self._recovered())
        events, self._untold = (*self._untold, *events), []
        self.state = next_state(self.state, trigger)
        self._sent_at = self._now + wait
        return Step(self._request(), wait, events, firm)

    def _unhurried(self) -> float:
        """Return the wait in seconds after a long poll without events: one that is answered at once is not repeated at once."""
        return self._damper.after_poll(self._now - self._sent_at)

    def _request(self) -> Request | None:
        build = _REQUESTS.get(self.state)
        return build(self) if build else None

    @property
    def _lasting(self) -> bool:
        """Whether there is a login that a fault must not end."""
        return self.state in ONLINE or not self._fresh

    def _recovered(self) -> tuple[MachineEvent, ...]:
        was, self._failures, self._doubts = self._failures or self._doubts, 0, 0
        return (Recovered(),) if was and self._lasting else ()

    def _fault(self, problem: HongyanError) -> Step:
        """Retry after a growing pause; a login that is not yet made ends when its code is too old."""
        if self.state is State.NOTIFY:  # the cycle does not wait for it; the caller notifies the phone again
            return self._go(Trigger.FAULT, NotTold(str(problem)))
        self._failures += 1
        if self._lasting:
            wait = pause(self._failures)
            degraded = Degraded(
                str(problem), self._now + wait, self._failures, ours_in(problem), code=problem.code
            )
            return self._go(Trigger.FAULT, degraded, wait=wait)
        if self._is_vain(problem):
            return self._go(Trigger.ABANDONED, Failed(problem))
        wait = poll_pause(self._failures)
        return self._go(Trigger.FAULT, LoginHindered(str(problem)), wait=wait)

    def _is_vain(self, problem: HongyanError) -> bool:
        """Whether a login in progress is to be abandoned: it was refused often enough, or its time is over.

        A server that does not answer is waited for as long as a code or a ticket can live. The phone is an alternative, so a
        push login is abandoned sooner.
        """
        if self.state is State.PUSH_ASK or not isinstance(problem, NoAnswer):
            self._refusals += 1
        if self._refusals >= REFUSED_AT_MOST.get(
            self.state, _POLLS_MISREAD if ours_in(problem) else _ENDLESS
        ):
            return True
        return self._now >= self._deadline

    @property
    def _caller(self) -> Caller:
        assert self.credentials is not None, "the table leads here only with credentials"
        return Caller(self.credentials, self._now, self._entropy)

    def _held(self) -> SyncPosition:
        assert self.position is not None, "the table leads here only with a position"
        return self.position

    def _known(self) -> Keepsake:
        assert self._keepsake is not None, "a push login starts only with a keepsake"
        return self._keepsake

    def _adopt(self, response: Response) -> None:
        """Store the cookies of an answer, whatever else it contains; the next step reports them."""
        held = self._caller.credentials
        changed = held.adopt(response)
        if changed is not held:
            self.credentials = changed
            self._untold.append(CredentialsChanged(changed))

    # -- reading the answers of a login

    def _read_code(self, response: Response) -> Step:
        code = parse_login_code(answered("jslogin", response))
        if code.code != 200:
            raise Refused("jslogin", code.code)
        self._wait_for(code.uuid)
        image = login.image_url(self._hosts, code.uuid)
        return self._go(Trigger.CODE, QrIssued(code.uuid, login.qr_text(code.uuid), image, self._renewals))

    def _wait_for(self, uuid: str) -> None:
        if not login.is_number(uuid):
            raise ProtocolChanged("login_poll", "it gives no valid number of a code", uuid[:60])
        self._uuid, self._polls, self._refusals = uuid, 0, 0
        self._deadline = self._now + _CODE_LIVES

    def _read_poll(self, response: Response) -> Step:
        poll = parse_login_poll(answered("login_poll", response))
        self._polls += 1
        return _POLL_CODES.get(poll.code, Machine._on_expired)(self, poll.redirect_uri, poll.avatar)

    def _on_still(self, _redirect: str, _avatar: str) -> Step:
        if self._now >= self._deadline:
            return self._on_expired("", "")
        return self._go(Trigger.STILL, wait=self._unhurried())

    def _on_scanned(self, _redirect: str, avatar: str) -> Step:
        if self.state is State.QR_WAIT:
            self._deadline = self._now + _CODE_LIVES
            return self._go(Trigger.SCANNED, QrScanned(avatar), wait=self._unhurried())
        if self._now >= self._deadline:
            return self._on_expired("", "")
        return self._go(Trigger.SCANNED, wait=self._unhurried())

    def _on_confirmed(self, redirect: str, _avatar: str) -> Step:
        self._redirect, self._deadline, self._refusals = redirect, self._now + _CODE_LIVES, 0
        try:
            login.ask_page(self._hosts, redirect, self._language)
        except (
            ProtocolChanged
        ) as problem:  # a host outside the families gets no request, and the code is spent
            return self._go(Trigger.ABANDONED, Failed(problem))
        return self._go(Trigger.CONFIRMED, LoginConfirmed())

    def _on_cancelled(self, _redirect: str, _avatar: str) -> Step:
        return self._renew(Trigger.CANCELLED, LoginCancelled())

    def _on_expired(self, _redirect: str, _avatar: str) -> Step:
        return self._renew(Trigger.EXPIRED, QrExpired())

    def _renew(self, trigger: Trigger, *events: MachineEvent) -> Step:
        self._renewals += 1
        self._deadline = self._now + _CODE_LIVES
        if self.state is not State.PUSH_WAIT and self._renewals >= RENEWALS:
            error = NoAnswer("login_poll", f"none of {RENEWALS} codes was confirmed")
            return self._go(Trigger.ABANDONED, *events, Failed(error))
        return self._go(trigger, *events)

    def _read_push(self, response: Response) -> Step:
        push = parse_push_login(answered("webwxpushloginurl", response))
        if push.ret != 0 or not push.uuid:
            return self._go(Trigger.PUSH_REFUSED, PushRefused(push.err_msg))
        self._wait_for(push.uuid)
        return self._go(Trigger.CODE, PhoneAsked())

    def _read_page(self, response: Response) -> Step:
        if response.malformed or response.status >= 500:
            raise NoAnswer("webwxnewloginpage", f"the server answered {response.status}")
        if not response.body.strip():
            raise NoAnswer("webwxnewloginpage", "the answer is empty")
        page = parse_login_page(response.body)
        if not page.whole:
            raise NoAnswer("webwxnewloginpage", "the answer broke off")
        if page.ret == LoginEnded.BARRED:
            error = LoginEnded(page.ret, page.message, "webwxnewloginpage")
            return self._go(Trigger.BARRED, Ended(error, confirmed=True))
        require("webwxnewloginpage", page.ret, page.message, self._now)
        hosts, _ = login.ask_page(self._hosts, self._redirect, self._language)
        now_and_id = (self._now, self._entropy(8))
        self.credentials = login.credentials_from(page, response, hosts, now_and_id, self._language)
        return self._go(Trigger.ADMITTED)

    def _read_init(self, response: Response) -> Step:
        self._adopt(response)
        init = parse_init(answered("webwxinit", response))
        require_whole("webwxinit", init.rung)
        if init.ret in _OVER or (init.ret == 1 and not self._fresh):
            return self._reported_over(init.ret or 1, init.err_msg, "webwxinit")
        if init.ret == 1:
            error = LoginEnded(LoginEnded.BARRED, init.err_msg, "webwxinit")
            return self._go(Trigger.BARRED, Ended(error, confirmed=True))
        require("webwxinit", init.ret, init.err_msg, self._now)
        if init.sync_key is None or not init.me.name:
            raise ProtocolChanged("webwxinit", "it has no SyncKey or no User")
        credentials = self._caller.credentials.entered(init.me.name, init.skey, init.invite_start_count)
        self.credentials, self.position = credentials, SyncPosition(sync_key=init.sync_key)
        self._doubt.clear()
        return self._go(Trigger.ADMITTED, LoggedIn(credentials, init, self.position, self._fresh))

    def _read_notified(self, response: Response) -> Step:
        self._adopt(response)
        accepted("webwxstatusnotify", self._now)(response)
        return self._go(Trigger.NOTIFIED)

    # -- reading the answers of the sync cycle

    def _read_check(self, response: Response) -> Step:
        self._adopt(response)
        if response.malformed:  # "HTTP/1.1 0 -", seen while a peer types (2017): check
            return self._go(Trigger.NEWS)
        check = parse_sync_check(answered("synccheck", response))
        if check.retcode in _OVER:
            return self._reported_over(check.retcode, "", "synccheck")
        require("synccheck", check.retcode, "", self._now)
        self._contradicted = 0
        self._doubt.clear()
        return self._go(Trigger.NEWS) if check.fetch else self._go(Trigger.QUIET, wait=self._unhurried())

    def _read_sync(self, response: Response) -> Step:
        self._adopt(response)
        body = answered("webwxsync", response)
        answer = parse_sync(body, self._caller.credentials.me)
        if answer.ret in _OVER:
            return self._reported_over(answer.ret or 0, answer.err_msg, "webwxsync")
        if answer.comes_again or (answer.ret is None and not answer.key_readable):
            problem = answer.unreadable or f"{answer.rung}, with neither a code nor a key"
            return self._unreadable(body, problem, answer.fault)
        # damage on the way heals, a poisoned item does not
        if answer.doubtful and self._lost < _KEPT_AFTER - 1:
            return self._unreadable(body, "it is damaged, and may be whole when it comes again", None)
        self._lost = 0
        if answer.ret is not None:
            require("webwxsync", answer.ret, answer.err_msg, self._now)
        return self._go(Trigger.BATCH, self._batch_of(answer, body))

    def _batch_of(self, answer: SyncAnswer, body: bytes) -> Batch:
        self._doubt.clear()
        self._batch = Batch(
            items=answer.items,
            position=self._held().after(answer.sync_key, answer.sync_check_key),
            credentials=self._caller.credentials.with_skey(answer.skey),
            more=answer.more,
            raw=body,
        )
        return self._batch

    def _unreadable(self, body: bytes, problem: str, fault: Exception | None) -> Step:
        """Repeat with the same key; after the third time the bytes are passed on for storage."""
        self._lost += 1
        error = ProtocolChanged("webwxsync", f"unreadable: {problem}")
        step = self._fault(Misread("webwxsync", fault) if fault else error)
        if self._lost != _KEPT_AFTER:
            return step
        return Step(step.request, step.wait, (*step.events, UnreadableBatch(body, problem)))

    def _reported_over(self, ret: int, err_msg: str, endpoint: str) -> Step:
        """Take a report that the login is over: the second ends it, the first makes the root page be asked."""
        self._ending = LoginEnded(ret, err_msg, endpoint)
        self._contradicted += endpoint == "synccheck"
        self._doubt.reported_over(endpoint)
        if endpoint != "synccheck" and self._doubt.proved:
            return self._go(Trigger.OVER, Ended(self._ending, confirmed=True))
        if self.state is State.INIT and self._fresh and self._is_vain(self._ending):
            return self._go(Trigger.ABANDONED, Failed(self._ending))
        self._doubts += 1
        return self._go(Trigger.SAID_OVER, self._doubted(0.0))

    def _read_root(self, response: Response) -> Step:
        if response.malformed or response.status >= 500:
            raise NoAnswer("root_page", f"the server answered {response.status}")
        self._doubt.page(logged_in=parse_root_page(response.body).logged_in)
        if self._doubt.proved:
            return self._go(Trigger.OVER, Ended(self._ending, confirmed=True))
        wait, polls = self._doubt.wait(), self._doubt.wants_poll
        trigger = Trigger.ASK_CHECK if polls else Trigger.ASK_SYNC
        if self.state is State.REVIEWING:
            trigger = Trigger.ASK_INIT
        return self._go(trigger, self._doubted(wait), wait=wait, firm=True)

    def _doubted(self, wait: float) -> Degraded:
        reason = f"{self._ending}; {self._doubt}, and one report is not enough"
        return Degraded(reason, self._now + wait, self._doubts, doubted=True, code=self._ending.code)


_POLL_CODES: Final[dict[int, Callable[[Machine, str, str], Step]]] = {
    200: Machine._on_confirmed,
    201: Machine._on_scanned,
    202: Machine._on_cancelled,
    400: Machine._on_expired,
    408: Machine._on_still,
    500: Machine._on_expired,
}

_READERS: Final[dict[State, Callable[[Machine, Response], Step]]] = {
    State.CODE: Machine._read_code,
    State.QR_WAIT: Machine._read_poll,
    State.SCANNED: Machine._read_poll,
    State.PUSH_ASK: Machine._read_push,
    State.PUSH_WAIT: Machine._read_poll,
    State.TICKET: Machine._read_page,
    State.INIT: Machine._read_init,
    State.NOTIFY: Machine._read_notified,
    State.CHECKING: Machine._read_check,
    State.SYNCING: Machine._read_sync,
    State.CONFIRMING: Machine._read_root,
    State.REVIEWING: Machine._read_root,
}

_REQUESTS: Final[dict[State, Callable[[Machine], Request]]] = {
    State.CODE: lambda m: login.ask_code(m._hosts, m._now, m._language),
    State.QR_WAIT: lambda m: login.ask_poll(m._hosts, m._uuid, m._now, first=m._polls == 0),
    State.SCANNED: lambda m: login.ask_poll(m._hosts, m._uuid, m._now, first=False),
    State.PUSH_ASK: lambda m: login.ask_phone(m._known()),
    State.PUSH_WAIT: lambda m: login.ask_poll(m._hosts, m._uuid, m._now, first=m._polls == 0),
    State.TICKET: lambda m: login.ask_page(m._hosts, m._redirect, m._language)[1],
    State.INIT: lambda m: login.ask_init(m._caller),
    State.NOTIFY: lambda m: notify(m._caller, Notify.READY, m._caller.credentials.me).request,
    State.CHECKING: lambda m: login.ask_check(m._caller, m._held()),
    State.SYNCING: lambda m: login.ask_sync(m._caller, m._held()),
    State.CONFIRMING: lambda m: root_page(m._caller).request,
    State.REVIEWING: lambda m: root_page(m._caller).request,
}
