"""Writing: the dumps and the triple store of an edition, made or taken over from its parent.

What did not change is taken over, so that a small change costs what it changes. After a number of
editions all is written anew: a store that was changed many times answers more slowly.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

from ld import records
from ld.edition import Edition
from ld.publish import graph, tally
from ld.publish.difference import write_difference
from ld.publish.dumping import SHARD, Dumper, Frame, Span, changed_spans, spans
from ld.publish.dumps import FOLDER, INDEX, NAME, Dumps, ParentDumps
from ld.publish.staging import Staging
from ld.publish.workers import Workers

T = TypeVar("T")

#: How many editions in a row take over the store of the one before.
MOST_CONTINUED: Final = 20
#: If more than this share of the documents changed, all is written anew.
MOST_CHANGED: Final = 0.1


class Writing:
    """The dumps and the graph of an edition, whose records are complete."""

    def __init__(
        self,
        folder: Path,
        staging: Staging,
        parent: Edition | None,
        workers: Workers,
        *,
        is_fit: bool,
    ) -> None:
        """`is_fit` says that the parent's files may be taken over."""
        self._folder = folder
        self._dumps = folder / FOLDER
        self._staging = staging
        self._parent = parent
        self._workers = workers
        changed, documents = tally.extent(staging.db, staging.sequence)
        before = 0 if parent is None else int(parent.manifest.get("continued", 0))
        is_small = changed <= max(MOST_CHANGED * documents, 1)
        #: How many editions in a row took over the store of the one before.
        self.continued = before + 1 if is_fit and is_small and before < MOST_CONTINUED else 0

    def dumps(self) -> int:
        """Write the dumps, and the difference to the parent; give the number of statements."""
        with ExitStack() as stack:
            dumps = Dumps(self._dumps, stack)
            if self.continued and self._parent is not None:
                parent = ParentDumps(self._parent.path, stack)
                for part in changed_spans(
                    parent.firsts, tally.changed_keys(self._staging.db, self._staging.sequence)
                ):
                    if isinstance(part, range):
                        dumps.take_over(parent, part)
                    else:
                        self._make(dumps, part)
            else:
                self._make(dumps, Span("", ""))
            dumps.close(self._folder / INDEX)
        if self._parent is not None:
            with closing(records.open_for_reading(self._folder / records.FILE)) as db:
                sequence = self._staging.sequence
                base = self._staging.base
                write_difference(db, base, sequence, self._parent.sequence, self._dumps)
        return dumps.statements

    def _make(self, dumps: Dumps, within: Span) -> None:
        dumper = Dumper(self._folder / records.FILE, self._staging.base)
        shards = ((batch,) for batch in _batches(spans(self._staging.db, within), SHARD))
        made: Iterator[list[Frame]] = self._workers.each(dumper.frames, shards)
        for frames in made:
            for frame in frames:
                dumps.add(frame)

    def graph(self) -> None:
        """Write the triple store."""
        target = self._folder / graph.FOLDER
        if self.continued and self._parent is not None:
            graph.continued(self._parent.path / graph.FOLDER, self._dumps, target)
        else:
            graph.load(self._dumps / f"{NAME}.nt.zst", target)


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    items = iter(items)
    while batch := list(islice(items, size)):
        yield batch
