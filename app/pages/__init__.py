"""Pages: documents and lists → what a template shows.

    values     one thing to show: its words, language, link, and how it was recorded
    dates      dates in words
    facts      the facts of texts, parts, files, agents and the dataset
    origins    where every statement of a document was read
    record     what every document's page shows: identifier, citation, history, findings
    listing    lists of texts, parts and agents, page by page
    corpus     the corpus in figures, and as files
    frame      what stands around every page

Templates compute nothing: whatever they show is a field here.
"""
