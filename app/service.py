"""The service: what every request of one process shares."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from flask import current_app

from app.config import Config

if TYPE_CHECKING:
    from app.editions import Editions
    from ld.query.client import BrokerClient

EXTENSION: Final = "pressmark"


@dataclass(frozen=True, slots=True)
class Service:
    """The state of the application, kept under `app.extensions["pressmark"]`."""

    config: Config
    broker: "BrokerClient | None"
    editions: "Editions"


def service() -> Service:
    """Give the service of the application that handles this request."""
    return cast(Service, current_app.extensions[EXTENSION])
