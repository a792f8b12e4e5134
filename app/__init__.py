"""The Flask application: an edition, served.

config, service, editions   what a process is told; what its requests share; what one sees
documents, catalog, browse  documents of things; the corpus as a whole; its lists
about, model, api           whose the corpus is, what is said in it, how programs get it
interfaces, openapi         what programs may ask, for the page and as OpenAPI has it
sparql, query_page          queries: of programs, of people
asking, answering, streaming, clients, prepared    how queries come, are answered, from whom
feeds, harvest, dumps       what changed, and all there is, for those who keep a copy
versions, memento, tombstones    editions and documents as they were, and what is left of them
quality, changes, tables    whether the data can be trusted; what each edition changed
readiness, probing          whether registers would take it; addresses asked from within
operation                   health, rules for crawlers, our own files
variants, links, linksets   one document in each syntax; typed links between them
doors                       the ways in, for pages that tell of them
pages, templates, static    what people see
language, locale            its words, in the languages of the interface
negotiation, headers, problems, caching, representation, coding, mounting    HTTP
"""

from typing import TYPE_CHECKING

from app.config import Config

if TYPE_CHECKING:
    from flask import Flask


def create_app(config: Config) -> "Flask":
    """Give the application that serves the current edition of a data directory.

    There need not be one yet: until then every answer says so.
    """
    # Whoever only publishes is spared the second that importing all of it takes.
    from app import application

    return application.create_app(config)
