"""The data directory: editions, the link to the current one, the lock, and crash recovery.

{data}/lock                     held while one publication runs; the system frees it at death
{data}/staging-…                an edition in the making; swept by the next publication
{data}/unfinished-…             what a killed publication had judged, for the next one
{data}/editions/{id}            finished editions
{data}/current → editions/{id}  moved last, in one rename
"""

import errno
import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final
from weakref import WeakSet

from ld import records
from ld.edition import CURRENT, EDITIONS, MANIFEST, Edition, sha256_of
from ld.errors import EditionDamagedError, PublicationError
from ld.publish import files

_STAGING: Final = "staging-"
_UNFINISHED: Final = "unfinished-"
#: Left free on the disk whatever happens, for logs and for whoever has to tidy up.
RESERVE_BYTES: Final = 64 * 1024 * 1024

_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


# A worker that outlives its publication for a moment must not hold the lock for it.
_LOCKS: Final = WeakSet[IO[str]]()


def _leave_locks() -> None:
    for lock in list(_LOCKS):
        lock.close()


os.register_at_fork(after_in_child=_leave_locks)


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Hold the lock of a data directory.

    Raises: PublicationError if another publication runs.
    """
    data.mkdir(parents=True, exist_ok=True)
    with (data / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise PublicationError(
                f"Another publication into {data} is running. Wait until it has finished."
            ) from error
        _LOCKS.add(lock)
        yield


def sequences(data: Path) -> dict[int, Path]:
    """Give the editions on disk by their place in the sequence."""
    found = {}
    for path in (data / EDITIONS).glob("*-*"):
        number = path.name.partition("-")[0]
        if number.isdigit() and (path / MANIFEST).exists():
            found[int(number)] = path
    return dict(sorted(found.items()))


def current(data: Path) -> Path | None:
    """Give the directory that the link to the current edition names, None without a link."""
    try:
        return data / EDITIONS / (data / CURRENT).readlink().name
    except OSError:
        return None


def sequence_of(path: Path) -> int:
    """Give the place in the sequence that the name of an edition's directory states."""
    return int(path.name.partition("-")[0])


def newest_sound(data: Path) -> tuple[Edition | None, list[str]]:
    """Give the edition to build upon: the current one, or the last before it that is undamaged.

    Also gives, in words, what was wrong with those that were passed over.
    """
    passed: list[str] = []
    here = current(data)
    if here is None:
        return None, []
    if not here.exists():
        passed.append(f"{here.name}: there is no such directory")
    for sequence, path in reversed(sequences(data).items()):
        if sequence > sequence_of(here):
            continue
        try:
            edition = Edition(path)
            stated = edition.manifest["files"][records.FILE]["sha256"]
            if sha256_of(path / records.FILE) == stated:
                return edition, passed
            passed.append(f"{path.name}: {records.FILE} does not have its checksum")
        except (EditionDamagedError, OSError, KeyError) as error:
            passed.append(str(error))
    raise PublicationError(
        f"No edition in {data} is undamaged ({'; '.join(passed)}). Restore the directory from a "
        "backup, or publish into an empty one."
    )


def sweep(data: Path) -> None:
    """Remove what a publication that was killed left behind.

    Raises: PublicationError if the link to the current edition was lost, since every edition
    would then look like something left behind.
    """
    for path in data.glob(f"{_STAGING}*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in data.glob(f"{CURRENT}.*"):
        path.unlink(missing_ok=True)
    here = current(data)
    limit = 0 if here is None else sequence_of(here)
    found = sequences(data)
    if here is None and max(found, default=0) > 1:
        name = found[max(found)].name
        raise PublicationError(
            f"{data} holds editions, and no link {CURRENT} says which of them is the current one. "
            f"Make the link: cd {data} && ln -s {EDITIONS}/{name} {CURRENT}"
        )
    for sequence, path in found.items():
        if sequence > limit:  # finished, but killed before the link was moved: nobody saw it
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def staged(data: Path) -> Iterator[Path]:
    """Give an empty folder on the disk of the data directory, removed afterwards if it is left."""
    folder = data / f"{_STAGING}{os.getpid()}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def unfinished(data: Path, digest: str) -> Path:
    """Give the folder for what a publication of these inputs has done, should it be killed.

    What another one left behind is removed.
    """
    wanted = data / f"{_UNFINISHED}{digest[:16]}"
    for path in data.glob(f"{_UNFINISHED}*"):
        if path != wanted:
            shutil.rmtree(path, ignore_errors=True)
    return wanted


def forget_unfinished(data: Path) -> None:
    """Remove what publications that were killed have done."""
    for path in data.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(path, ignore_errors=True)


def require_space(data: Path, parent: Edition | None) -> None:
    """Refuse early what the disk could not hold.

    Raises: PublicationError if there is less room than twice the size of the parent.
    """
    size = 0 if parent is None else sum(f["size"] for f in parent.manifest["files"].values())
    needed = 2 * size + RESERVE_BYTES
    free = shutil.disk_usage(data).free
    if free < needed:
        raise PublicationError(
            f"The disk of {data} has {free / 1e6:,.0f} MB free and the publication may need "
            f"{needed / 1e6:,.0f} MB. Make room, or choose another directory with --data."
        )


def move_in(data: Path, stage: Path, edition_id: str) -> Path:
    """Move a staged edition to its place, in one rename."""
    editions = data / EDITIONS
    editions.mkdir(exist_ok=True)
    target = editions / edition_id
    stage.rename(target)
    files.sync_one(editions)
    return target


def make_current(data: Path, edition_id: str) -> None:
    """Move the link to the current edition, in one rename."""
    link = data / f"{CURRENT}.{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(Path(EDITIONS) / edition_id)
    link.replace(data / CURRENT)
    files.sync_one(data)


def prune(data: Path, keep: int) -> None:
    """Remove the oldest editions beyond the number to keep; their history lives on in the rest."""
    here = current(data)
    paths = list(sequences(data).values())
    for path in paths[: max(0, len(paths) - keep)]:
        if path != here:
            shutil.rmtree(path, ignore_errors=True)


def explained(error: OSError | sqlite3.OperationalError, data: Path) -> PublicationError:
    """Give what the system said about a data directory, with what to do where that is known."""
    if isinstance(error, sqlite3.OperationalError):
        # The extended codes of a failed input or output hold the plain one in their last byte.
        is_full = getattr(error, "sqlite_errorcode", 0) & 0xFF in {
            sqlite3.SQLITE_FULL,
            sqlite3.SQLITE_IOERR,
        }
        what = f"{data}: {error}."
    else:
        # The triple store gives no number, only the system's words.
        words = str(error)
        is_full = error.errno in _FULL or any(os.strerror(number) in words for number in _FULL)
        what = f"{error.filename or data}: {error.strerror or error}."
    if is_full:
        return PublicationError(
            f"The disk of {data} is full. Nothing was published and the current edition stands. "
            "Make room, or choose another directory with --data."
        )
    return PublicationError(what)
