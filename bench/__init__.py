"""Benchmarks: synthetic corpora of any size, and what Pressmark costs on them.

generate   N seed documents and their corpus.toml
"""
