"""Fields: what the text of a field means.

Each module reads one kind of text and gives its meaning, or raises ValueError with a sentence for
the curator: what is wrong and what to write instead. Nothing is guessed, and no module reads a
file, a clock or the network.
"""
