"""Validation: documents × shapes → findings.

shapes      the shapes files, read for one base
authority   pySHACL, which decides and writes the report
across      what only shows when all documents are seen together
"""
