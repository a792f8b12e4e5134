"""Mapping: what the seeds of one text state → the documents of the text, its parts and agents.

    facts         records → what their fields mean, each with its origins
    dublin_core   facts → Dublin Core
    schema_org    facts → schema.org
    provenance    facts → PROV, PAV, SPDX, FOAF and VoID
    documents     all of them → documents, each statement owned by exactly one

The table in docs/mapping.md says for each field which statements follow, and why.
"""

from typing import Final

#: Counts up whenever other statements follow from the same facts.
VERSION: Final = 1
