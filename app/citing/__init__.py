"""Citing: what a bibliography needs of a text, part or agent, and the forms that it comes in.

dates, item             statements → a CSL item, in which everything here is written
bibtex, ris, csl_json   a CSL item → what reference managers read
styles, typeset         a CSL item → a reference, set in type by a style of the CSL project

A document's references stand beside it under its own address, like the syntaxes of RDF:
/doc/{key}.bib, .ris and .csl.json, or negotiated.
See: https://docs.citationstyles.org/en/stable/specification.html
"""

from collections.abc import Callable
from typing import Final

from app.citing import bibtex, csl_json, ris
from app.citing.item import Item, item_of
from app.variants import Variant

BIBTEX: Final = Variant("BibTeX", "application/x-bibtex", "bib")
RIS: Final = Variant("RIS", "application/x-research-info-systems", "ris")
CSL_JSON: Final = Variant("CSL-JSON", "application/vnd.citationstyles.csl+json", "csl.json")

#: The forms that references come in.
REFERENCES: Final = (BIBTEX, RIS, CSL_JSON)

_WRITERS: Final[dict[Variant, Callable[[Item], str]]] = {
    BIBTEX: bibtex.write,
    RIS: ris.write,
    CSL_JSON: csl_json.write,
}

__all__ = ["BIBTEX", "CSL_JSON", "REFERENCES", "RIS", "Item", "item_of", "write"]


def write(form: Variant, item: Item) -> str:
    """Write a CSL item in one of the forms that references come in."""
    return _WRITERS[form](item)
