"""The fake Insightly CRM, as a WSGI application: every version of its REST API over one store."""

from mock_insightly.app import create_app
from mock_insightly.settings import Settings

__all__ = ["Settings", "create_app"]
