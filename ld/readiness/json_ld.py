"""JSON-LD dumps, read node by node.

A parser of JSON-LD holds the whole document, since a context may come at its end. Our dumps begin
with it, so they are parsed some nodes at a time. What is written otherwise is parsed whole.
"""

import codecs
import json
from collections.abc import Callable, Iterator
from typing import Final

import pyoxigraph

_BLOCK: Final = 1024 * 1024
#: Nodes that are parsed at once.
_NODES: Final = 2000
_LIST: Final = '"@graph":['


def count_triples(read: Callable[[int], bytes]) -> int:
    """Count the triples of a document that is read block by block.

    Raises: ValueError, SyntaxError if it is no JSON-LD, or is cut off.
    """
    blocks = _text(read)
    start = ""
    while _LIST not in start and len(start) < _BLOCK and (more := next(blocks, "")):
        start += more
    head, is_list, rest = start.partition(_LIST)
    if not is_list:
        return _parsed(head + rest + "".join(blocks))
    count, nodes = 0, []
    for node in _nodes(rest, blocks):
        nodes.append(node)
        if len(nodes) == _NODES:
            count += _parsed(f"{head}{_LIST}{','.join(nodes)}]}}")
            nodes.clear()
    return count + _parsed(f"{head}{_LIST}{','.join(nodes)}]}}")


def _nodes(text: str, blocks: Iterator[str]) -> Iterator[str]:
    """Give the text of each node of the list, and see that nothing is missing after it."""
    decoder, place = json.JSONDecoder(), 0
    while True:
        while place < len(text) and text[place] in ", \t\r\n":
            place += 1
        if text.startswith("]", place):
            break
        try:
            _, end = decoder.raw_decode(text, place)
        except ValueError:
            more = next(blocks, None)
            if more is None:
                raise
            text, place = text[place:] + more, 0
            continue
        yield text[place:end]
        place = end
    if "".join((text[place:], *blocks)).split() not in (["]}"], ["]", "}"]):
        raise ValueError("what follows the list of nodes is not the end of the document")


def _text(read: Callable[[int], bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    while block := read(_BLOCK):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _parsed(document: str) -> int:
    quads = pyoxigraph.parse(document.encode(), format=pyoxigraph.RdfFormat.JSON_LD, lenient=True)
    return sum(1 for _ in quads)
