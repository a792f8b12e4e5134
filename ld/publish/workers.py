"""Workers: one function over many shards, in several processes, in the order of the shards.

A shard is judged alike wherever and however often that is done, and nothing is written by whoever
judges it. So a worker that is killed costs only its shard's time: another one does it again.
"""

import gc
import multiprocessing
import os
import pickle
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from typing import Any, Final, ParamSpec, TypeVar

from ld.errors import PublicationError

P = ParamSpec("P")
T = TypeVar("T")

#: How often a shard is tried before the publication gives up.
ATTEMPTS: Final = 3
#: How many shards are under way per worker: while one is done, the next one waits.
_AHEAD: Final = 2


class Workers:
    """A number of worker processes; one worker, or a single shard, is this process itself."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._pool: ProcessPoolExecutor | None = None

    def each(self, function: Callable[P, T], shards: Iterable[tuple[Any, ...]]) -> Iterator[T]:
        """Give what a function makes of each shard (its arguments), in order.

        At most a few shards are held at a time. Raises: PublicationError if a shard kills its
        worker again and again; whatever the function raises.
        """
        shards = iter(shards)
        first = list(islice(shards, 2))
        shards = chain(first, shards)
        if self.number < 2 or (len(first) < 2 and self._pool is None):
            for shard in shards:
                yield _alone(function, shard)
            return
        waiting: deque[tuple[tuple[Any, ...], Future[T]]] = deque()
        for shard in shards:
            waiting.append((shard, self._submit(function, shard)))
            if len(waiting) > self.number * _AHEAD:
                yield self._first(function, waiting)
        while waiting:
            yield self._first(function, waiting)

    def close(self) -> None:
        """Let the workers go."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _submit(self, function: Callable[P, T], shard: tuple[Any, ...]) -> Future[T]:
        if self._pool is None:
            # Forked, because importing takes a worker as long as a thousand documents do; before
            # this process has threads, so that none is lost on the way.
            context = multiprocessing.get_context("fork")
            self._pool = ProcessPoolExecutor(self.number, context, _begin)
        try:
            return self._pool.submit(_run, function, shard)
        except BrokenProcessPool:
            failed: Future[T] = Future()
            failed.set_exception(BrokenProcessPool())
            return failed

    def _first(
        self,
        function: Callable[P, T],
        waiting: deque[tuple[tuple[Any, ...], Future[T]]],
    ) -> T:
        for _ in range(ATTEMPTS):
            try:
                made = waiting[0][1].result()
            except BrokenProcessPool:
                # Which shard the dead worker had is not known, so all that are not done begin anew.
                self.close()
                again = [(s, f if _is_done(f) else self._submit(function, s)) for s, f in waiting]
                waiting.clear()
                waiting.extend(again)
            else:
                waiting.popleft()
                return made
        raise PublicationError(
            "A worker was killed several times over the same seeds, most likely for want of "
            "memory. Nothing was published. Publish with --workers 1, or give the machine more "
            "memory."
        )


def default_number() -> int:
    """Give how many workers this machine has processors for."""
    return len(os.sched_getaffinity(0))


def _begin() -> None:
    # The collector would go through hundreds of thousands of living statements again and again,
    # and next to none of them are in circles.
    gc.freeze()
    gc.disable()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    # The queue of a parent that was killed never ends, since the workers hold it open themselves.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _run(function: Callable[..., T], shard: tuple[Any, ...]) -> T:
    try:
        return function(*shard)
    except Exception as error:
        if _can_travel(error):
            raise
        # One that cannot would look like the death of the worker.
        raise PublicationError(f"{type(error).__name__}: {error}") from None
    finally:
        gc.collect()  # pySHACL leaves circles behind


def _can_travel(error: Exception) -> bool:
    try:
        return type(pickle.loads(pickle.dumps(error))) is type(error)  # noqa: S301 - just dumped
    except Exception:  # noqa: BLE001 - whatever reading it back may raise
        return False


def _alone(function: Callable[..., T], shard: tuple[Any, ...]) -> T:
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return function(*shard)
    finally:
        if was_enabled:
            gc.enable()


def _is_done(future: Future[Any]) -> bool:
    return future.done() and future.exception() is None
