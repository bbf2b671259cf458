"""Why a poll failed, in the words of the platform's answer rather than with all of it. Pure."""

import json

_LONGEST = 300


def failed(error: str) -> str:
    """Say why a poll failed.

    >>> failed('429: {"requestId": "65a5", "message": "Acme answered 429"}')
    'failed: 429: Acme answered 429'
    """
    status, _, body = error.partition(": ")
    try:
        message = json.loads(body)["message"]
    except (ValueError, LookupError, TypeError, RecursionError):
        message = body
    words = f"{status}: {message}" if body else status
    return f"failed: {words if len(words) <= _LONGEST else f'{words[:_LONGEST]}...'}"
