"""Two robots are told from people by how fast and how often they come back."""

from __future__ import annotations

from hongyan.bot.loop_guard import LoopLimits, Loops, Verdict
from hongyan.model.ids import ChatKey

CHAT, BOB, ALICE = ChatKey("chat"), ChatKey("bob"), ChatKey("alice")


def _rounds(loops: Loops, count: int, gap: float, *, same: bool, begin: float = 1000.0) -> list[Verdict]:
    """Let Bob speak ``gap`` seconds after each answer; answers take no time."""
    verdicts = []
    for n in range(count):
        at = begin + n * gap
        loops.heard(CHAT, BOB, "hello" if same else f"hello {n}", at)
        verdicts.append(loops.answer(CHAT, BOB, "yes" if same else f"yes {n}", at))
    return verdicts


def test_the_same_pair_of_texts_again_and_again_is_a_loop() -> None:
    """Two away messages answer each other with the same words."""
    verdicts = _rounds(Loops(), 11, 10.0, same=True)
    assert verdicts == [Verdict.ALLOWED] * 8 + [Verdict.PAUSES] + [Verdict.PAUSED] * 2


def test_many_quick_rounds_are_a_loop_whatever_is_said() -> None:
    """Two chatty robots never repeat themselves, but no person types that fast for that long."""
    verdicts = _rounds(Loops(), 18, 0.5, same=False)
    assert verdicts == [Verdict.ALLOWED] * 16 + [Verdict.PAUSES, Verdict.PAUSED]


def test_people_may_talk_as_long_as_they_like() -> None:
    """Different texts with pauses for reading and typing are a conversation."""
    assert set(_rounds(Loops(), 500, 4.0, same=False)) == {Verdict.ALLOWED}


def test_the_same_question_may_come_every_few_minutes() -> None:
    """A person may ask for the same thing all day."""
    assert set(_rounds(Loops(), 100, 90.0, same=True)) == {Verdict.ALLOWED}


def test_a_burst_is_no_loop() -> None:
    """Messages that were written before the answers went out follow from nothing that we said."""
    loops = Loops()
    for n in range(100):
        loops.heard(CHAT, BOB, "hello", 1000.0 + n * 0.01)
    verdicts = []
    for n in range(100):  # served one after another, each heard again as the dispatcher does
        loops.heard(CHAT, BOB, "hello", 1000.0 + n * 0.01)
        verdicts.append(loops.answer(CHAT, BOB, "yes", 1002.0 + n))
    assert set(verdicts) == {Verdict.ALLOWED}


def test_a_burst_after_an_answer_is_one_round() -> None:
    """Somebody who sends twenty lines at once has come back once."""
    loops = Loops()
    loops.heard(CHAT, BOB, "hello", 1000.0)
    loops.answer(CHAT, BOB, "yes", 1000.0)
    for n in range(20):
        loops.heard(CHAT, BOB, "hello", 1001.0 + n * 0.01)
    assert loops.answer(CHAT, BOB, "yes", 1002.0) is Verdict.ALLOWED


def test_one_slow_round_begins_the_count_again() -> None:
    """Only quick rounds in a row count."""
    loops = Loops(LoopLimits(rounds=3))
    _rounds(loops, 3, 0.1, same=False)
    assert _rounds(loops, 3, 0.1, same=False, begin=1010.0) == [Verdict.ALLOWED] * 3


def test_a_pause_concerns_its_chat_and_ends() -> None:
    """The whole chat is paused, others are not; after the pause answers go out again."""
    loops = Loops()
    _rounds(loops, 11, 1.0, same=True)
    assert loops.answer(CHAT, ALICE, "yes", 1011.0) is Verdict.PAUSED
    assert loops.answer(ChatKey("other"), BOB, "yes", 1011.0) is Verdict.ALLOWED
    until = loops.paused_until(CHAT)
    assert loops.answer(CHAT, BOB, "yes", until + 1) is Verdict.ALLOWED


def test_the_next_pause_is_longer() -> None:
    """A robot that does not learn is heard less and less."""
    loops = Loops(LoopLimits(pause=100.0, longest=300.0))
    lengths, begin = [], 1000.0
    for _ in range(3):
        _rounds(loops, 9, 1.0, same=True, begin=begin)
        lengths.append(loops.paused_until(CHAT) - (begin + 8.0))
        begin = loops.paused_until(CHAT) + 1
    assert lengths == [100.0, 200.0, 300.0]


def test_what_is_remembered_is_bounded() -> None:
    """A busy account does not grow for ever."""
    loops = Loops()
    for n in range(10_000):
        loops.heard(ChatKey(str(n)), BOB, "hello", 1.0)
    assert len(loops._talks) <= 4096
