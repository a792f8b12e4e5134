"""The text of a settings file: read as TOML, and where in it each setting stands."""

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ld.errors import SettingsError

_TABLE = re.compile(r"\s*\[\[?([^\]]+)\]")
_ASSIGNED = re.compile(r"\s*([^=#\[{]+?)\s*=")


@dataclass(frozen=True, slots=True)
class SettingsSource:
    """The name and text of a settings file, to say where in it a setting is wrong."""

    name: str
    text: str = ""

    def error(self, key: str, value: object, remedy: str) -> SettingsError:
        """Give the error about a key; `value` is None if the key is missing."""
        line = _line_of(key, value, self.text)
        file = self.name if line is None else f"{self.name}:{line}"
        return SettingsError(file, key, repr(value), remedy)


def _line_of(key: str, value: object, text: str) -> int | None:
    """Find the line on which a key stands, or else the table that it belongs to.

    A search and no second parser: what it cannot tell for certain, it leaves out.
    """
    wanted = tuple(key.split("."))
    places: dict[int, list[tuple[int, str]]] = defaultdict(list)
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), start=1):
        if header := _TABLE.match(line):
            table = path = _path(header[1])
        elif assigned := _ASSIGNED.match(line):
            path = (*table, *_path(assigned[1]))
        else:
            continue
        if path == wanted[: len(path)]:
            places[len(path)].append((number, line))
    if value is None:
        places.pop(len(wanted), None)
    if not places:
        return None
    found = places[max(places)]
    if len(found) > 1:
        found = [place for place in found if value is not None and str(value) in place[1]]
    return found[0][0] if found else None


def _path(written: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in written.split("."))


def read(path: Path) -> tuple[SettingsSource, dict[str, Any]]:
    """Read a settings file: its text, and the table that it states.

    Raises: SettingsError if it cannot be read or is no TOML, with the line.
    """
    content = b""
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
        return SettingsSource(path.name, text), tomllib.loads(text)
    except OSError as error:
        remedy = f"cannot be read: {error.strerror}"
        raise SettingsError(path.name, "(file)", str(path), remedy) from error
    except UnicodeDecodeError as error:
        raise _unreadable(path, content.count(b"\n", 0, error.start) + 1, error) from error
    except (ValueError, RecursionError) as error:  # ValueError also for numbers of endless digits
        stated = re.search(r"at line ([0-9]+)", str(error))
        line = int(stated[1]) if stated else content.count(b"\n") + 1
        raise _unreadable(path, line, error) from error


def _unreadable(path: Path, line: int, error: Exception) -> SettingsError:
    remedy = "write it as TOML 1.0 in UTF-8"
    return SettingsError(f"{path.name}:{line}", "(syntax)", str(error), remedy)
