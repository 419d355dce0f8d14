"""Lets messages come and the service misbehave while the robot is killed, and gathers what is left; it judges nothing."""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import signal
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hongyan.assemble import open_view
from hongyan.emulator import Emulator, Group, Member, Person, World
from hongyan.model.commands import Outcome
from hongyan.model.events import Gap, MessageReceived
from hongyan.model.ids import Seq
from hongyan.model.messages import Message, Text
from hongyan.settings import Settings

from .mischief import order
from .parcels import digest, parcel

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Iterator

    from hongyan.client.account import Account
    from hongyan.emulator import Fault
    from hongyan.model.events import Recorded

__all__ = ["Evidence", "Ordeal", "torture"]

_FRIENDS: Final = 40
_GROUPS: Final = 10
_EARLY: Final = 0.25  # the share of kills that come while the robot starts
_STARTS_WITHIN_S: Final = 60.0
_PAGE: Final = 1000
_FAULTS: Final = 5  # of one life
_PARCELS: Final = 0.1  # the share of messages that carry a file
_SETTINGS: Final = "[media]\n" + "".join(
    f'{kind} = {{ when = "always", up_to = 50 }}\n' for kind in ("picture", "voice", "video", "file")
)


@dataclass(frozen=True, slots=True)
class Ordeal:
    """How much of it: ``messages`` in all, ``kills`` by SIGKILL, ``seed`` for what is random, ``plant`` a planted fault."""

    messages: int = 10_000
    kills: int = 200
    seed: int = 1
    plant: str = ""
    inside: bool = True  # whether answers err inside a 200, too
    patience_s: float = 300.0  # for what is still under way after the last kill


@dataclass(slots=True)
class Evidence:
    """What was done, and what is left: texts by chat in order, handlers' notes, answers that arrived, digests of files."""

    sent: dict[str, list[str]] = field(default_factory=dict)
    journal: dict[str, list[str]] = field(default_factory=dict)
    seen: list[dict[str, object]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    outcomes: dict[str, int] = field(default_factory=dict)
    parcels: dict[str, str] = field(default_factory=dict)
    """What was sent, by the message's number."""
    begun: Counter[str] = field(default_factory=Counter)
    """How often the handler began with each of them."""
    dead: set[str] = field(default_factory=set)
    """Texts and numbers of messages that were given up, as the profile tells."""
    labels: dict[str, str] = field(default_factory=dict)
    """What each of them is."""
    saved: dict[str, set[str]] = field(default_factory=dict)
    """What the handler was given for it."""
    kept: dict[str, str] = field(default_factory=dict)
    """What the profile keeps for it in the end."""
    people: tuple[set[str], set[str]] = (set(), set())
    """The names of friends and groups that there are, and those that the profile knows."""
    reports: list[str] = field(default_factory=list)
    struck: dict[str, int] = field(default_factory=dict)
    memory_mb: int = 0
    kills: int = 0
    logins: int = 0
    faults: int = 0
    complaints: list[str] = field(default_factory=list)


def world() -> World:
    """Return an account with friends and groups."""
    me = Person("wxid_goose000000001", "鸿雁")
    people = [Person(f"wxid_friend{number:08d}", f"朋友{number}") for number in range(_FRIENDS)]
    people.append(Person("filehelper", "文件传输助手", friend=False))
    members = [Member(me.id), *(Member(person.id) for person in people[:5])]
    groups = [
        Group(f"{10_000_000 + number}@chatroom", f"群{number}", people[0].id, members, saved=number % 2 == 0)
        for number in range(_GROUPS)
    ]
    return World(me, {p.id: p for p in people}, {g.id: g for g in groups})


async def torture(ordeal: Ordeal, folder: Path) -> Evidence:
    """Put a robot in ``folder`` through the ordeal and return what is left of it."""
    chance = random.Random(ordeal.seed)
    evidence = Evidence()
    async with Emulator(world(), auth="strict", poll_seconds=2.0) as service:
        ordeals = _Torture(ordeal, service, folder, chance, evidence)
        service.phone.confirm()
        await ordeals.live(None)
        for number in range(ordeal.kills):
            await ordeals.live(number)
        service.faults.clear()
        await ordeals.live(ordeal.kills, killed=False)
        evidence.faults, evidence.struck = ordeals.faults
        account = service.accounts[0]
        evidence.memory_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        evidence.answers = [message.text for message in account.heard]
        evidence.logins = len(account.logins)
        friends = (person.nickname for person in account.world.people.values() if person.friend)
        evidence.people = ({*friends, *(group.name for group in account.world.groups.values())}, set())
    await _read(ordeals.settings, folder, evidence)
    return evidence


class _Torture:
    """One ordeal on its way."""

    def __init__(
        self, ordeal: Ordeal, service: Emulator, folder: Path, chance: random.Random, evidence: Evidence
    ) -> None:
        self._ordeal = ordeal
        self._service = service
        self._folder = folder
        self._chance = chance
        self._evidence = evidence
        self._seen = folder / "seen.jsonl"
        self._said = 0
        self._ordered: list[Fault] = []
        self.settings = Settings(profile="torture", server=service.origin, home=str(folder), pace=False)
        wishes = folder / "config" / "hongyan" / "settings.toml"
        wishes.parent.mkdir(parents=True)
        wishes.write_text(_SETTINGS, "utf-8")

    @property
    def faults(self) -> tuple[int, dict[str, int]]:
        """How many were ordered, and how many of each kind struck."""
        struck = Counter(dict.fromkeys(sorted({fault.action for fault in self._ordered}), 0))
        struck.update(fault.action for fault in self._ordered if fault.hits)
        return len(self._ordered), dict(struck)

    async def live(self, number: int | None, *, killed: bool = True) -> None:
        """Give the robot one life: the first is only for the scan, the last for what is still under way."""
        process = await self._started()
        try:
            if number is None:
                await _running(process)
                await asyncio.sleep(0.5)  # the first word of the phone
                killed = False
            elif killed:
                await self._mishandle(process, number)
            else:
                await self._finish(process)
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGKILL if killed else signal.SIGTERM)
            await process.wait()
            await self._overhear(process)

    async def _overhear(self, process: Process) -> None:
        """Note what a robot that has ended said of handlers that failed."""
        assert process.stderr is not None
        said = (await process.stderr.read()).decode(errors="replace")
        for word in ("could not be handled", "Traceback"):
            if word in said:
                self._evidence.complaints.append(said[max(said.index(word) - 200, 0) :][:1200])

    async def _started(self) -> Process:
        here = Path(__file__).parent
        environment = {
            **os.environ,
            "TORTURE_SEEN": str(self._seen),
            "TORTURE_SAVED": str(self._folder / "saved"),
            "TORTURE_PLANT": self._ordeal.plant,
            "XDG_STATE_HOME": str(self._folder / "state"),
            "XDG_CONFIG_HOME": str(self._folder / "config"),
        }
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "hongyan", "bot", "robot:app", "--no-pace", "--profile", "torture"),
            *("--server", self._service.origin, "--home", str(self._folder)),
            cwd=here,
            env=environment,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )

    async def _mishandle(self, process: Process, number: int) -> None:
        """Let messages come and calls fail until the moment of the kill."""
        self._forget_old_orders()
        self._ordered += order(self._service, self._chance, _FAULTS, inside=self._ordeal.inside)
        talking = asyncio.create_task(self._talk(self._share(number)))
        if self._chance.random() < _EARLY:
            await asyncio.sleep(self._chance.uniform(0.05, 1.0))
        else:
            await _running(process)
            await asyncio.sleep(self._chance.uniform(0.0, 0.8))
        process.send_signal(signal.SIGKILL)
        self._evidence.kills += 1
        await process.wait()
        await talking

    def _forget_old_orders(self) -> None:
        """Orders that met no call in two lives are taken back, so that the last life does not have to suffer them all."""
        orders = list(self._service.faults)
        for fault in orders[: -2 * _FAULTS]:
            self._service.faults.remove(fault)

    def _share(self, number: int) -> int:
        """Return how many messages come in this life."""
        return (number + 1) * self._ordeal.messages // self._ordeal.kills - self._said

    async def _talk(self, count: int) -> None:
        """Let ``count`` messages come, in bursts, from friends and in groups."""
        while count > 0:
            burst = min(count, self._chance.randint(1, 8))
            for _ in range(burst):
                self._say()
            count -= burst
            await asyncio.sleep(self._chance.uniform(0.0, 0.15))

    def _say(self) -> None:
        number = self._said
        self._said += 1
        if in_group := self._chance.random() < 0.3:
            name = f"群{self._chance.randrange(_GROUPS)}"
            speaker, group = self._service.person(f"朋友{self._chance.randrange(5)}"), name
        else:
            name = f"朋友{self._chance.randrange(_FRIENDS)}"
            speaker, group = self._service.person(name), None
        if self._chance.random() < _PARCELS:
            content, data = parcel(number, self._chance)
            message = speaker.sends(content, group if in_group else None)
            self._evidence.parcels[str(message.msg_id)] = digest(data)
            self._evidence.labels[str(message.msg_id)] = f"{content.plain} of {len(data)} bytes, no. {number}"
        else:
            speaker.says(f"m-{number}", group if in_group else None)
            self._evidence.sent.setdefault(name, []).append(f"m-{number}")

    async def _finish(self, process: Process) -> None:
        """Wait until every event was handled and every answer settled, or nothing moves any more."""
        await _running(process)
        awaited = {text for texts in self._evidence.sent.values() for text in texts}
        due = sum(int(text.removeprefix("m-")) % 3 == 0 for text in awaited)
        still, before = 0.0, (0, 0, 0)
        while still < min(40.0, self._ordeal.patience_s):
            self._take_notes()
            heard = self._service.accounts[0].heard
            seen = {str(note["text"]) for note in self._evidence.seen}
            now = (len(seen & awaited), len({m.text for m in heard}), len(self._evidence.saved))
            if now == (len(awaited), due, len(self._evidence.parcels)):
                await asyncio.sleep(1.0)  # what should not come would come now
                break
            still, before = (still + 0.2, before) if now == before else (0.0, now)
            await asyncio.sleep(0.2)
        self._take_notes()

    def _take_notes(self) -> None:
        notes = list(self._notes())
        self._evidence.seen = [note for note in notes if "text" in note]
        self._evidence.begun = Counter(str(note["begun"]) for note in notes if "begun" in note)
        for note in notes:
            if "parcel" in note:
                self._evidence.saved.setdefault(str(note["parcel"]), set()).add(str(note["digest"]))

    def _notes(self) -> Iterator[dict[str, object]]:
        for line in self._seen.read_text("utf-8").splitlines():
            yield json.loads(line)


async def _running(process: Process) -> None:
    """Wait until the robot says that it runs; what it printed else is told."""
    assert process.stderr is not None
    said = b""
    async with asyncio.timeout(_STARTS_WITHIN_S):
        while b"runs as" not in said:
            line = await process.stderr.readline()
            said += line
            assert line, f"the robot ended by itself:\n{said.decode()}"


async def _read(settings: Settings, folder: Path, evidence: Evidence) -> None:
    """Read what the profile kept."""
    async with open_view(settings) as account:
        for recorded in _all(account):
            event = recorded.event
            if isinstance(event, Gap):
                evidence.gaps.append(event.reason)
            elif isinstance(event, MessageReceived) and isinstance(event.message, Text):
                name = account.chat(recorded.chat).name
                evidence.journal.setdefault(name, []).append(event.message.text)
        for file, path in account.archive.files():
            if file.size == "full" and (message := _carrier(account, file.seq)) is not None:
                evidence.labels[str(message.id)] += f" (kept: {path.stat().st_size} bytes, {file.verified})"
        for recorded in account.consumers.dead_letters("torture"):
            if isinstance(recorded.event, MessageReceived):
                message = recorded.event.message
                evidence.dead.add(message.text if isinstance(message, Text) else str(message.id))
        evidence.kept = {
            str(message.id): digest(path.read_bytes())
            for file, path in account.archive.files()
            if file.size == "full" and (message := _carrier(account, file.seq)) is not None
        }
        evidence.people = (
            evidence.people[0],
            {chat.name for chat in (*account.contacts(), *account.groups())},
        )
        evidence.reports = [
            p.read_text("utf-8", "replace")[:1500] for p in folder.glob("**/fault-*") if p.is_file()
        ]
        for row in account.outbox(1_000_000):
            outcome = str(Outcome(row.outcome))
            evidence.outcomes[outcome] = evidence.outcomes.get(outcome, 0) + 1


def _carrier(account: Account, seq: Seq) -> Message | None:
    """Return the message of a row of the journal."""
    rows = account.archive.journal(Seq(seq - 1), 1)
    event = rows[0].event if rows else None
    return event.message if isinstance(event, MessageReceived) else None


def _all(account: Account) -> Iterator[Recorded]:
    after = Seq(0)
    while rows := account.archive.journal(after, _PAGE):
        yield from rows
        after = rows[-1].seq
