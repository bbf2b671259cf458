"""The callback sink, as a WSGI application: a receiver that records every callback, checks its signature and answers as configured."""

from callback_sink.app import create_app
from callback_sink.settings import SinkSettings

__all__ = ["SinkSettings", "create_app"]
