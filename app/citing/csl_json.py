"""CSL-JSON: items as JSON, which Zotero, pandoc and citeproc read.

See: https://github.com/citation-style-language/schema
"""

import orjson

from app.citing.item import Item


def write(item: Item) -> str:
    """Write one item: a list of it, which is what programs expect."""
    return orjson.dumps([item], option=orjson.OPT_INDENT_2).decode() + "\n"
