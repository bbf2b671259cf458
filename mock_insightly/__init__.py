"""The fake Insightly CRM, as a WSGI application: every version of its REST API over one store."""

from mock_insightly.app import create_app
from mock_insightly.settings import CrmSettings

__all__ = ["CrmSettings", "create_app"]
