"""The entry point of WSGI servers: granian --interface wsgi --factory app.wsgi:application."""

import os

from flask import Flask

from app import create_app
from app.config import from_environ


def application() -> Flask:
    """Give the application as the environment of this process configures it.

    Raises: SettingsError naming the variable.
    """
    return create_app(from_environ(os.environ))
