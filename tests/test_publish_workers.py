"""Workers: shards in order, whoever dies over one."""

import os
import signal
from pathlib import Path

import pytest
from editions import content_of
from seed_folders import letters, write

from ld.edition import open_current
from ld.errors import PublicationError
from ld.publish import publish
from ld.publish.workers import ATTEMPTS, Workers


def doubled(number: int) -> int:
    return 2 * number


def once_fatal(number: int, marker: Path) -> int:
    """Die over one shard, unless that has happened before."""
    if number == 5 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def always_fatal(number: int) -> int:
    if number == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def refused(number: int) -> int:
    raise PublicationError(f"no {number}")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_shards_come_back_in_order(number: int) -> None:
    workers = Workers(number)
    try:
        assert list(workers.each(doubled, ((n,) for n in range(20)))) == list(range(0, 40, 2))
    finally:
        workers.close()


def test_a_worker_that_is_killed_costs_nothing_but_time(tmp_path: Path) -> None:
    workers = Workers(2)
    try:
        done = list(workers.each(once_fatal, ((n, tmp_path / "died") for n in range(12))))
    finally:
        workers.close()

    assert done == list(range(12))
    assert (tmp_path / "died").exists()


def test_a_shard_that_kills_every_worker_is_given_up() -> None:
    workers = Workers(2)

    with pytest.raises(PublicationError, match="killed several times"):
        list(workers.each(always_fatal, ((n,) for n in range(12))))
    workers.close()
    assert ATTEMPTS == 3


@pytest.mark.parametrize("number", [1, 2])
def test_what_a_shard_raises_is_raised(number: int) -> None:
    workers = Workers(number)

    with pytest.raises(PublicationError, match="no 0"):
        list(workers.each(refused, ((n,) for n in range(3))))
    workers.close()


def test_the_number_of_workers_changes_nothing(tmp_path: Path) -> None:
    seeds = write(tmp_path / "seeds", letters([f"l{n:03}" for n in range(300)]))
    from datetime import UTC, datetime

    moment = datetime(2040, 1, 1, tzinfo=UTC)
    for number in (1, 2):
        publish(seeds, tmp_path / str(number), workers=number, now=lambda: moment)

    alone, together = (content_of(open_current(tmp_path / n)) for n in ("1", "2"))
    assert alone == together
