"""The parts of OAI-PMH.

requests, errors     what is asked, and what can be wrong with it
headers              the history as OAI-PMH sees it: every item, by its last change
tokens               where a list goes on
formats              one item as XML, one module per metadata format
writing              XML, escaped by a library
"""
