"""Benchmarks: synthetic corpora of any size, and what Pressmark costs on them.

generate        N seed documents and their corpus.toml
publish         publishing, beside the naive pipeline (naive, pressmark, measure)
serve           serving, beside nginx and the bare server (floor)
attack          hostile queries beside normal ones (hostile)
mutate_shapes   every constraint of the shapes, removed or loosened (shape_examples)
"""
