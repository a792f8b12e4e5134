"""The parts of OAI-PMH.

requests, errors     what is asked, and what can be wrong with it
listing, tokens      what a request for a list asks of the history, and where it goes on
headers, items       the history as OAI-PMH sees it: every item, by its last change
source, agents       what the metadata of an item is written from
formats              one item as XML, one module per metadata format
described, writing   what statements say of one thing; XML, escaped by a library
"""
