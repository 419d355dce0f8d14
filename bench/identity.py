"""People found again after a login at which everybody has another name: wrong ones, found ones, and the time it takes.

`python bench/identity.py [PEOPLE]`. The people are those of tests/model/test_matching.py: many share a nickname, one in
twenty has changed it; of those who can be told apart at all, 99 in 100 are to be found, and nobody taken for another.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.model.test_matching import group, person, renamed, telling

from hongyan.model.ids import ChatKey
from hongyan.model.matching import match_contacts

ROUNDS = 5


def ordeal(seed: int, count: int) -> tuple[int, int, int, float]:
    """Return the wrongly found, the found and all of those who can be told apart, and CPU milliseconds."""
    chance = random.Random(seed)
    people = [person(chance, number) for number in range(count)]
    everybody = [*people, *(group(chance, people, number) for number in range(count // 30))]
    again = [(number, renamed(contact, chance, number)) for number, contact in enumerate(everybody)]
    chance.shuffle(again)
    old = {ChatKey(f"o{number}"): contact for number, contact in enumerate(everybody)}
    new = {ChatKey(f"n{number}"): contact for number, contact in again}
    begun = time.process_time()
    result = match_contacts(old, new)
    spent = (time.process_time() - begun) * 1000
    wrong = sum(each.old[1:] != each.new[1:] for each in result.found)
    seen: dict[tuple[object, ...], int] = {}
    for contact in people:
        seen[telling(contact)] = seen.get(telling(contact), 0) + 1
    after = dict(again)
    apart = {
        number
        for number, contact in enumerate(people)
        if seen[telling(contact)] == 1
        and (contact.nickname == after[number].nickname or contact.alias or contact.remark)
    }
    return wrong, len(apart & {int(each.old[1:]) for each in result.found}), len(apart), spent


def main(count: int) -> None:
    """Print the figures of some rounds."""
    rounds = [ordeal(seed, count) for seed in range(ROUNDS)]
    wrong, found, apart = (sum(each[place] for each in rounds) for place in range(3))
    print(
        f"identity, {ROUNDS} times {count} people and {count // 30} groups: {wrong} taken for another (goal 0);"
        f" {found} of {apart} that can be told apart found again, {found / apart:.2%} (goal 99 %);"
        f" {statistics.median(each[3] for each in rounds):.0f} ms"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
