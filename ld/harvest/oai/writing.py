"""XML, written element by element; whatever is text is escaped by the standard library."""

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"

_NO_CHARACTER: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class XmlWriter:
    """Writes one XML document or a part of one.

    Names are qualified names; whoever uses a prefix declares it with an attribute. What XML 1.0
    cannot write becomes U+FFFD.
    """

    def __init__(self) -> None:
        self._out = io.StringIO()
        self._generator = XMLGenerator(self._out, "UTF-8", short_empty_elements=True)

    @property
    def length(self) -> int:
        """What has been written, in characters."""
        return self._out.tell()

    def declaration(self) -> None:
        """Write the XML declaration."""
        self._generator.startDocument()

    @contextmanager
    def within(self, name: str, attributes: Mapping[str, str] | None = None) -> Iterator[None]:
        """Write an element around what is written in this context."""
        self._generator.startElement(name, _clean(attributes or {}))
        yield
        self._generator.endElement(name)

    def element(
        self, name: str, text: str = "", attributes: Mapping[str, str] | None = None
    ) -> None:
        """Write an element that holds text only."""
        with self.within(name, attributes):
            if text:
                self._generator.characters(_NO_CHARACTER.sub("\ufffd", text))

    def fragment(self, xml: str) -> None:
        """Write what is well-formed XML already."""
        # Of all events this is the one that the generator writes as it is.
        self._generator.ignorableWhitespace(xml)

    def content(self) -> str:
        """Give what has been written."""
        return self._out.getvalue()


def schema_location(namespace: str, schema: str) -> dict[str, str]:
    """Give the attributes that say where the schema of a namespace is."""
    return {"xmlns:xsi": XSI, "xsi:schemaLocation": f"{namespace} {schema}"}


def _clean(attributes: Mapping[str, str]) -> "AttributesImpl[str]":
    return AttributesImpl(
        {name: _NO_CHARACTER.sub("\ufffd", value) for name, value in attributes.items()}
    )
