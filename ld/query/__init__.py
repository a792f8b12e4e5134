"""SPARQL queries, answered under limits: guard → broker → pool → worker.

`guard` reads a query's tokens and refuses what is not offered; `broker` is the one process that
all web workers ask; `pool` keeps killable workers; `worker` holds the store, which `residence` may
have loaded into memory. `rewrite` and `standard` say how the engine is asked.
See: https://www.w3.org/TR/sparql11-query/
"""
