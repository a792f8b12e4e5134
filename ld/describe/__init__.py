"""The dataset description: an edition about itself, counted.

What the settings say is owned by the document of the dataset. What is counted, dated and offered
changes with every edition, is no statement of the corpus, and so is in no dump. One model renders
VoID, DCAT and schema.org, so that no consumer is told another story than the next.

    dataset        what it is, whose, under which terms, how much of it
    distributions  the ways to get it: dumps and the endpoint
    catalog        the catalogue that holds it
"""

from ld.describe.catalog import catalog_statements
from ld.describe.dataset import dataset_statements

__all__ = ["catalog_statements", "dataset_statements"]
