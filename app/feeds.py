"""Feeds: what changed, and what there is, for those who keep a copy.

    /activity  /ldes  /atom                  the history; pages below, named by a first change
    /.well-known/resourcesync                ResourceSync: source, capabilities, what there is
    /{capability,resource,change}list.xml    and what changed; ?from= names one list of an index
    /owned/{key}.nt                          the statements that a document owns
    /sitemap.xml                             pages for crawlers

A page of the history that another follows never changes again.
"""

import functools
import sqlite3
import zlib
from collections.abc import Callable
from typing import Concatenate, Final, ParamSpec

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from app.editions import current_edition
from app.variants import CACHE_CONTROL, moment
from ld.edition import Edition
from ld.errors import EditionDamagedError
from ld.harvest import _history, activity_streams, atom, ldes, resource_sync, sitemap

blueprint: Final = Blueprint("feeds", __name__)
