"""Pages: documents and lists → what a template shows.

    values     one thing to show: its words, language, link, and how it was recorded
    dates      dates in words
    record     what every document's page shows: identifier, history, findings, origins
    facts      the facts of texts, parts, files, agents and the dataset
    listing    lists of texts, parts and agents, page by page
    frame      what stands around every page

Templates compute nothing: whatever they show is a field here.
"""
