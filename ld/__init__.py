"""Pressmark's linked-data library: from seed documents to editions, and what can be read there.

    readers   bytes → records: what one seed document states, field by field
    fields    what the text of a field means: dates, agents, rights, languages
    mapping   record → document: Dublin Core, schema.org and provenance, each with its origin
    validate  documents × shapes → findings
    publish   seeds → edition: the only part that writes
    edition   an edition, read
    formats   statements → bytes
    query     SPARQL over one edition, in processes that can be killed

It knows no HTTP and no command line; `app` has both.
"""
