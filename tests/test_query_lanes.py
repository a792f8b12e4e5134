"""Turns, penalties and memory: what one client does costs the others little."""

import threading
import time

import pytest

from ld.errors import QueryBusyError, QueryLimitError, QueryPenaltyError
from ld.query.lanes import Lane, Places
from ld.query.memory import MemoryWatch
from ld.query.penalties import Penalties, StoppedQueries

LONG = 30.0


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Waiting:
    """Clients that wait for a place, and the order in which they got it."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.order: list[str] = []
        self.admitted = threading.Semaphore(0)
        self.threads: list[threading.Thread] = []

    def add(self, client: str) -> None:
        before = self.waiting()
        thread = threading.Thread(target=self._wait, args=(client,))
        thread.start()
        self.threads.append(thread)
        while self.waiting() == before:
            pass

    def waiting(self) -> int:
        return sum(map(len, self.lane._waiting.values()))

    def _wait(self, client: str) -> None:
        assert self.lane.enter(client, time.monotonic() + LONG)
        self.order.append(client)
        self.admitted.release()

    def serve(self) -> list[str]:
        for _ in self.threads:
            self.lane.leave()
            assert self.admitted.acquire(timeout=LONG)
        for thread in self.threads:
            thread.join()
        return self.order


def test_clients_get_places_in_turn_however_much_one_asks() -> None:
    lane = Lane(1)
    assert lane.enter("first", time.monotonic())
    waiting = Waiting(lane)
    for client in ("greedy", "greedy", "greedy", "modest", "another"):
        waiting.add(client)

    assert waiting.serve() == ["greedy", "modest", "another", "greedy", "greedy"]


def test_place_that_does_not_come_in_time_is_not_taken() -> None:
    lane = Lane(1)
    assert lane.enter("a", time.monotonic())

    assert not lane.enter("b", time.monotonic() + 0.01)

    lane.leave()
    assert lane.enter("c", time.monotonic())


def test_last_place_is_kept_for_who_is_trusted() -> None:
    lane = Lane(2, reserved=1)
    assert lane.enter("new", time.monotonic(), is_trusted=False)

    assert not lane.enter("new too", time.monotonic(), is_trusted=False)
    assert lane.enter("known", time.monotonic(), is_trusted=True)


def test_few_of_one_client_wait_and_the_others_still_can() -> None:
    lane = Lane(1, most_of_one=1)
    assert lane.enter("first", time.monotonic())
    waiting = Waiting(lane)
    waiting.add("greedy")

    assert not lane.enter("greedy", time.monotonic() + LONG)
    waiting.add("modest")

    assert waiting.serve() == ["greedy", "modest"]


def test_the_less_is_free_the_less_one_client_gets() -> None:
    places = Places(8)
    with places.taken_by("greedy"), places.taken_by("modest"):
        with pytest.raises(QueryBusyError), places.taken_by("greedy"):
            pass
        with places.taken_by("another"):
            pass
    with places.taken_by("greedy"):
        pass


def test_no_place_is_left_for_nobody() -> None:
    places = Places(1)
    with places.taken_by("a"), pytest.raises(QueryBusyError), places.taken_by("b"):
        pass


def test_first_stopped_query_is_free_and_the_next_ones_cost_ever_more() -> None:
    clock = Clock()
    penalties = Penalties(clock)
    waits = []

    for _ in range(5):
        penalties.strike("hostile")
        try:
            penalties.check("hostile")
            waits.append(0)
        except QueryPenaltyError as error:
            waits.append(error.retry_after)
            clock.now += error.retry_after

    assert waits == [0, 2, 4, 8, 16]
    penalties.check("another")


def test_penalty_has_a_limit_and_is_forgiven_in_time() -> None:
    clock = Clock()
    penalties = Penalties(clock)
    for _ in range(100):
        penalties.strike("hostile")
    with pytest.raises(QueryPenaltyError) as caught:
        penalties.check("hostile")

    assert caught.value.retry_after == 300
    clock.now += 300
    penalties.check("hostile")
    assert not penalties.is_trusted("hostile")
    clock.now += 100 * 60
    assert penalties.is_trusted("hostile")


def test_trust_is_earned_and_lost() -> None:
    penalties = Penalties(Clock())
    assert not penalties.is_trusted("new")

    penalties.praise("new")
    assert penalties.is_trusted("new")
    penalties.strike("new")

    assert not penalties.is_trusted("new")


def test_as_many_clients_as_there_are_addresses_take_no_memory() -> None:
    penalties = Penalties(Clock())

    for number in range(11_000):
        penalties.strike(str(number))

    assert len(penalties._records) == 10_000


def test_stopped_query_is_remembered_for_a_while() -> None:
    clock = Clock()
    stopped = StoppedQueries(clock)
    error = QueryLimitError("too much")
    stopped.add(b"query", error)

    assert stopped.get(b"query") is error
    assert stopped.get(b"another") is None
    clock.now += 61
    assert stopped.get(b"query") is None


class Eater:
    """A process that is as large as it is told."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.ended = threading.Event()

    def memory(self, *, exactly: bool = False) -> int:
        return 0 if self.ended.is_set() else self.size

    def end_for_memory(self) -> None:
        self.ended.set()


def test_largest_process_is_ended_when_all_together_are_too_large() -> None:
    watch = MemoryWatch(100)
    small, large = Eater(40), Eater(70)
    with watch.over(small), watch.over(large):
        assert large.ended.wait(LONG)

    assert not small.ended.is_set()
    watch.close()
