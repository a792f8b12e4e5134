"""The entry point of WSGI servers: granian --interface wsgi --factory app.wsgi:application."""

import gc
import os

from flask import Flask

from app import create_app
from app.config import from_environ
from app.prepared import keep_prepared
from app.service import EXTENSION


def application() -> Flask:
    """Give the application as the environment of this process configures it.

    Raises: SettingsError naming the variable.
    """
    app = create_app(from_environ(os.environ))
    keep_prepared(app.wsgi_app, app.extensions[EXTENSION].editions)
    # What is here by now stays: it need not be gone through while requests wait.
    gc.freeze()
    return app
