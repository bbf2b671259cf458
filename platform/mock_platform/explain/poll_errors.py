"""Why a poll failed, in the words of the platform's answer rather than with all of it. Pure."""

import json

_LONGEST = 300


def failed(error: str) -> str:
    """Say that a poll failed, and why.

    >>> failed('429: {"requestId": "65a5", "message": "Acme answered 429"}')
    'failed: 429: Acme answered 429'
    """
    return f"failed: {why_failed(error)}"


def why_failed(error: str) -> str:
    """Say why a poll failed."""
    status, _, body = error.partition(": ")
    try:
        message = json.loads(body)["message"]
    except (ValueError, LookupError, TypeError, RecursionError):
        message = body
    words = f"{status}: {message}" if body else status
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}..."
