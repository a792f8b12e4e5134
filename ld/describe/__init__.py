"""The dataset description: an edition about itself, counted.

What the settings say is owned by the document of the dataset. What is counted, dated and offered
changes with every edition, is no statement of the corpus, and so is in no dump. One model renders
VoID, DCAT and schema.org, so that no consumer is told another story than the next.

    dataset        what it is, whose, under which terms, how much of it
    distributions  the ways to get it: dumps and the endpoint
    catalog        the catalogue that holds it
    in_page        what schema.org says of it, as search engines read it in a page
"""

from ld.describe.catalog import CATALOG, PAGE, catalog_statements
from ld.describe.dataset import VOID_DESCRIPTION, dataset_statements, summary_statements
from ld.describe.in_page import schema_org_json, schema_org_statements

__all__ = [
    "CATALOG",
    "PAGE",
    "VOID_DESCRIPTION",
    "catalog_statements",
    "dataset_statements",
    "schema_org_json",
    "schema_org_statements",
    "summary_statements",
]
