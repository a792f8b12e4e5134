"""Inputs: what, beside the seeds themselves, an edition was made from.

While it is the same, a seed that did not change gives the same documents.
"""

import hashlib
from datetime import datetime

import orjson

from ld import mapping, readers
from ld.corpus import Settings
from ld.edition import FORMAT
from ld.validate import shapes


def of(settings: Settings, started: datetime) -> str:
    """Give the digest of settings, manifest, shapes, mapping, readers and the year.

    What lies in the future is remarked upon, so the year counts too.
    Raises: SettingsError if the manifest cannot be read.
    """
    digest = hashlib.sha256(settings.source.text.encode())
    digest.update(orjson.dumps(settings.facts(), option=orjson.OPT_SORT_KEYS))
    digest.update(shapes.content())
    if settings.manifest is not None:
        try:
            digest.update((settings.folder / settings.manifest.file).read_bytes())
        except OSError as error:
            remedy = f"cannot be read: {error.strerror}"
            raise settings.source.error("manifest.file", settings.manifest.file, remedy) from error
    versions = (mapping.VERSION, readers.VERSION, FORMAT, started.year)
    digest.update(orjson.dumps(versions))
    return digest.hexdigest()
