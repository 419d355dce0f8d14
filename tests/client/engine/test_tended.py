"""Work without end: what stops it for a round, and what ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hongyan import reports
from hongyan.client.engine.tended import tended
from hongyan.errors import NotLoggedIn, StorageDamaged, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def failing(*errors: Exception) -> tuple[list[int], Callable[[], object]]:
    """Return a count of rounds, and work that fails of each error in turn and then returns."""
    rounds: list[int] = []
    left = list(errors)

    async def work() -> None:
        rounds.append(1)
        if left:
            raise left.pop(0)

    return rounds, work


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let rounds follow at once, and reports go where the test looks."""
    monkeypatch.setattr("hongyan.client.engine.tended._FIRST_PAUSE_S", 0.0)
    reports.forget_reported()
    reports.keep_in(tmp_path)


async def test_a_full_disk_and_a_fault_of_ours_cost_a_round_each(tmp_path: Path) -> None:
    """Then the work goes on; the fault is written down."""
    rounds, work = failing(StorageError("full"), ZeroDivisionError(), KeyError("x"), StorageError("full"))
    await tended(work, doing="counting")  # type: ignore[arg-type]
    assert len(rounds) == 5
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("error", [NotLoggedIn("p"), StorageDamaged("gone")])
async def test_what_no_waiting_mends_is_raised(error: Exception) -> None:
    """A login that is over, a journal that is damaged."""
    rounds, work = failing(error)
    with pytest.raises(type(error)):
        await tended(work, doing="counting")  # type: ignore[arg-type]
    assert len(rounds) == 1


async def test_a_full_disk_that_tasks_met_is_no_fault_of_ours(tmp_path: Path) -> None:
    """However the tasks were put together: one or all of them met it. A group with a fault in it is one."""
    inner = ExceptionGroup("inner", [StorageError("full")])
    both = ExceptionGroup("both", [StorageError("full"), StorageError("full")])
    rounds, work = failing(ExceptionGroup("outer", [inner]), both)
    await tended(work, doing="counting")  # type: ignore[arg-type]
    assert len(rounds) == 3
    assert not list(tmp_path.iterdir())
    _, faulty = failing(ExceptionGroup("mixed", [StorageError("full"), KeyError("x")]))
    await tended(faulty, doing="counting")  # type: ignore[arg-type]
    assert len(list(tmp_path.iterdir())) == 1


async def test_a_damaged_store_within_tasks_ends_the_work() -> None:
    """Waiting does not help there either."""
    rounds, work = failing(ExceptionGroup("tasks", [StorageDamaged("gone")]))
    with pytest.raises(StorageDamaged):
        await tended(work, doing="counting")  # type: ignore[arg-type]
    assert len(rounds) == 1
