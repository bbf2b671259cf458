"""The API's operations for the OpenAPI document, of every version and resource, from the tables that requests are checked with."""

from mock_insightly.document.versions import components_and_paths

__all__ = ["components_and_paths"]
