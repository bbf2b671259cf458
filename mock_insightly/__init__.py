"""A fake of the Insightly CRM's REST API, versions 2.2 and 3.1, over one store."""

from mock_insightly.app import create_app
from mock_insightly.settings import Settings

__all__ = ["Settings", "create_app"]
