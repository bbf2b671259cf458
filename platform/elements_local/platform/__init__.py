"""The platform, as a WSGI application: element instances, the hub, the polling engine and its callbacks."""

from elements_local.platform.app import create_app, engine_of
from elements_local.platform.callbacks.task import Receivers
from elements_local.platform.core.settings import PlatformSettings

__all__ = ["PlatformSettings", "Receivers", "create_app", "engine_of"]
