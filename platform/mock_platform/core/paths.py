"""Paths and headers that several subjects know."""

from flask import Request

BASE_PATH = "/elements/api-v2"
ID_ALIAS_HEADER = "Elements-Local-Id-Alias"
"""``false`` asks the hub for records without the alias ``id``: a callback's ``raw`` has what the provider has."""

ROUTED = "mock_platform.routed_path"


def routed_path(request: Request) -> str:
    """Return the path of a request as its route has it."""
    path: str = request.environ.get(ROUTED, request.path)
    return path
