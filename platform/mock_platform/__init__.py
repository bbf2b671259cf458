"""The platform, as a WSGI application: element instances, the hub, the polling engine and its callbacks."""

from mock_platform.app import create_app, engine_of
from mock_platform.core.settings import Settings

__all__ = ["Settings", "create_app", "engine_of"]
