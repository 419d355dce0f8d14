"""Judges what the ordeal left: each finding is a sentence with figures; it starts nothing and reads no file."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from hongyan.bot.dispatcher import TRIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .harness import Evidence

__all__ = ["figures", "findings"]

_WINDOW: Final = 256  # events that may be handed out and unfinished at a time
_EACH: Final = 3
_HELD: Final = TRIES - 2  # a kill may come between the count and the first word of a handler
_MEMORY_MB: Final = 600


def figures(evidence: Evidence) -> list[str]:
    """Return what was done and counted, a line each."""
    sent = sum(map(len, evidence.sent.values()))
    kept = sum(map(len, evidence.journal.values()))
    again = sum(1 for note in evidence.seen if note["again"])
    return [
        f"handed over: {sent} messages in {len(evidence.sent)} chats; kills: {evidence.kills}",
        f"faults: {evidence.faults} ordered, {sum(evidence.struck.values())} struck: "
        + ", ".join(f"{count} {action}" for action, count in evidence.struck.items()),
        f"in the journal: {kept} messages in {len(evidence.journal)} chats; logins: {evidence.logins}",
        f"seen by the handler: {len(evidence.seen)} times, of which {again} marked as redelivered",
        f"answers that arrived: {len(evidence.answers)}, different ones: {len(set(evidence.answers))}",
        f"files: {len(evidence.parcels)} sent, {len(evidence.saved)} saved, {len(evidence.kept)} kept",
        f"contacts: {len(evidence.people[1])} of {len(evidence.people[0])}; memory: {evidence.memory_mb} MB",
        f"events that were killed {TRIES} times in a handler's hands and given up: {len(evidence.dead)}",
        f"outbox: {', '.join(f'{count} {outcome}' for outcome, count in sorted(evidence.outcomes.items()))}",
    ]


def findings(evidence: Evidence) -> list[str]:
    """Return what is wrong, empty where nothing is."""
    failed = [f"a handler failed: {said}" for said in evidence.complaints]
    return [
        *_journal(evidence),
        *_handler(evidence),
        *_answers(evidence),
        *_files(evidence),
        *_people(evidence),
        *_login(evidence),
        *_given_up(evidence),
        *_program(evidence),
        *failed,
    ]


def _journal(evidence: Evidence) -> Iterator[str]:
    """The set and the order in each chat must be what was handed over, once."""
    for chat in sorted(evidence.sent.keys() | evidence.journal.keys()):
        sent, kept = evidence.sent.get(chat, []), evidence.journal.get(chat, [])
        if sent == kept:
            continue
        lost, doubled = Counter(sent) - Counter(kept), Counter(kept) - Counter(sent)
        if lost:
            yield f"{chat}: the journal lost {sorted(lost)}"
        if doubled:
            yield f"{chat}: the journal holds too much: {sorted(doubled)}"
        if not lost and not doubled:
            yield f"{chat}: the order in the journal is not the order in which the messages were handed over"


def _handler(evidence: Evidence) -> Iterator[str]:
    """Every event must have been seen; a second time only after a kill, in another life, and marked."""
    awaited = {text for texts in evidence.sent.values() for text in texts}
    times = Counter(str(note["text"]) for note in evidence.seen)
    if missed := awaited - times.keys():
        yield f"the handler never saw {len(missed)} messages: {sorted(missed)[:5]}"
    lives: dict[str, set[object]] = {}
    repeats: Counter[object] = Counter()
    for note in evidence.seen:
        text, pid = str(note["text"]), note["pid"]
        before = lives.setdefault(text, set())
        if pid in before:
            yield f"the handler saw {text} twice in one life"
        if before and not note["again"]:
            yield f"the handler saw {text} again, unmarked"
        repeats[pid] += bool(before)
        before.add(pid)
    if repeats and (most := max(repeats.values())) > _WINDOW:
        yield f"{most} events came again after one kill; {_WINDOW} can be in flight"


def _answers(evidence: Evidence) -> Iterator[str]:
    """Every answer must have arrived once."""
    numbers = [int(text.removeprefix("m-")) for texts in evidence.sent.values() for text in texts]
    due = Counter(f"a-{number}" for number in numbers if number % _EACH == 0)
    came = Counter(evidence.answers)
    times = Counter(str(note["text"]) for note in evidence.seen)
    given_up = Counter(f"a-{text.removeprefix('m-')}" for text in evidence.dead if times[text] >= _HELD)
    if lost := due - came - given_up:
        yield f"{len(lost)} answers never arrived: {sorted(lost)[:5]}"
    if doubled := came - due:
        yield f"answers arrived more than once: {sorted(doubled.items())[:5]}"


def _files(evidence: Evidence) -> Iterator[str]:
    """Each file must have come, and what is kept or was handed to the handler must be what was sent.

    A handler that was killed with the same event in its hands time and again may have been spared it, if that is told.
    """
    sent = evidence.parcels
    given_up = {number for number in evidence.dead if evidence.begun[number] >= _HELD}
    if missing := sent.keys() - evidence.saved.keys() - given_up:
        yield f"{len(missing)} files never reached the handler: {_labelled(missing, evidence)}"
    if missing := sent.keys() - evidence.kept.keys():
        yield f"{len(missing)} files are not kept: {_labelled(missing, evidence)}"
    if wrong := [number for number, digests in evidence.saved.items() if digests != {sent.get(number)}]:
        yield f"{len(wrong)} files were saved that are not what was sent: {_labelled(wrong, evidence)}"
    if wrong := [number for number, digest in evidence.kept.items() if digest != sent.get(number)]:
        yield f"{len(wrong)} files are kept that are not what was sent: {_labelled(wrong, evidence)}"


def _labelled(numbers: Iterable[str], evidence: Evidence) -> list[str]:
    return [evidence.labels.get(number, number) for number in sorted(numbers)][:5]


def _people(evidence: Evidence) -> Iterator[str]:
    """The list of contacts is complete."""
    there, known = evidence.people
    if missing := there - known:
        yield f"{len(missing)} friends and groups are unknown: {sorted(missing)[:5]}"


def _given_up(evidence: Evidence) -> Iterator[str]:
    """Few may be, and each only for a reason."""
    times = Counter(str(note["text"]) for note in evidence.seen) + evidence.begun
    if hasty := [each for each in evidence.dead if times[each] < _HELD]:
        yield f"{len(hasty)} events were given up before they were handled {_HELD} times: {sorted(hasty)[:5]}"
    if len(evidence.dead) > (most := max(3, evidence.kills // 10)):
        yield f"{len(evidence.dead)} events were given up; no more than {most} can be so unlucky"


def _program(evidence: Evidence) -> Iterator[str]:
    """It had no faults of its own and stayed small."""
    for report in evidence.reports:
        yield f"a fault of the program: {report}"
    if evidence.memory_mb > _MEMORY_MB:
        yield f"{evidence.memory_mb} MB of memory were taken; answers without an end must not be held"


def _login(evidence: Evidence) -> Iterator[str]:
    if evidence.logins != 1:
        yield f"{evidence.logins} logins were made; one scan is all that is allowed"
    if evidence.gaps:
        yield f"gaps were noted although the key was kept: {evidence.gaps}"
