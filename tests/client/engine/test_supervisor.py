"""One end for everything that runs for a login: the first error ends all, and is what is raised."""

from __future__ import annotations

import asyncio

import pytest

from hongyan.client.engine.supervisor import Supervisor
from hongyan.errors import NotLoggedIn


async def forever() -> None:
    """Work without end."""
    await asyncio.Event().wait()


async def broken() -> None:
    """Fail with a fault of ours."""
    raise ValueError("a fault")


async def test_a_fault_in_one_part_ends_all() -> None:
    """The others are cancelled, and the fault is raised where the end is waited for."""
    supervisor = Supervisor()
    working = supervisor.start(forever(), name="working")
    supervisor.start(broken(), name="broken")
    with pytest.raises(ValueError, match="a fault"):
        await supervisor.ended()
    await asyncio.wait({working}, timeout=5)
    assert working.cancelled()


async def test_a_cancellation_without_a_request_ends_all() -> None:
    """A part that ends by another's cancelled future is as gone as one that failed: half a client would be deaf."""
    supervisor = Supervisor()
    working = supervisor.start(forever(), name="working")

    async def waits_for_what_was_cancelled() -> None:
        other: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        other.cancel()
        await other

    supervisor.start(waits_for_what_was_cancelled(), name="receiving")
    async with asyncio.timeout(5):
        with pytest.raises(RuntimeError, match="without a request"):
            await supervisor.ended()
        await asyncio.wait({working})
    assert working.cancelled()


async def test_a_cancellation_on_request_ends_nothing_else() -> None:
    """A download that is given up is no reason to end the login."""
    supervisor = Supervisor()
    task = supervisor.start(forever(), name="fetching")
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task}, timeout=5)
    await asyncio.sleep(0)
    assert not supervisor.is_over


async def test_the_first_reason_counts() -> None:
    """What fails on the way to the end is not why it came."""
    supervisor = Supervisor()
    supervisor.end(NotLoggedIn("me"))
    supervisor.start(broken(), name="broken")
    with pytest.raises(NotLoggedIn):
        await supervisor.ended()
    await supervisor.stop()


async def test_a_stop_leaves_nothing_behind() -> None:
    """Everything is gone when it returns, and nobody is told of an end that nobody waited for."""
    supervisor = Supervisor()
    tasks = [supervisor.start(forever(), name=str(n)) for n in range(3)]
    await asyncio.sleep(0)
    await supervisor.stop()
    assert all(task.cancelled() for task in tasks)
    assert not supervisor.is_over


async def test_another_try_has_an_end_of_its_own() -> None:
    """A saved login that is over is followed by a new one."""
    supervisor = Supervisor()
    supervisor.end(NotLoggedIn("me"))
    supervisor.begin()
    assert not supervisor.is_over


async def test_kept_work_goes_on_after_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """It costs one round; the login stands."""
    monkeypatch.setattr("hongyan.client.engine.tended._FIRST_PAUSE_S", 0.0)
    supervisor, rounds = Supervisor(), asyncio.Event()
    tries: list[int] = []

    async def work() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise ValueError
        rounds.set()

    supervisor.keep(work, "testing")
    async with asyncio.timeout(5):
        await rounds.wait()
    assert not supervisor.is_over
    await supervisor.stop()
