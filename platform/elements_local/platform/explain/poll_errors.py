"""Why a poll failed, in the words of the platform's answer rather than with all of it. Pure."""

import json
import re

_LONGEST = 300
_MESSAGE = re.compile(r'"message"\s*:\s*"((?:[^"\\]|\\.)*)')


def failed(error: str) -> str:
    """Say that a poll failed, and why.

    >>> failed('429: {"requestId": "65a5", "message": "Acme answered 429"}')
    'failed: 429: Acme answered 429'
    """
    return f"failed: {why_failed(error)}"


def why_failed(error: str) -> str:
    r"""Say why a poll failed.

    >>> why_failed('404: {"requestId": "65a5", "message": "There is no \\"contcts\\" here; there are Contacts, Organis')
    '404: There is no "contcts" here; there are Contacts, Organis'
    """
    status, _, body = error.partition(": ")
    # What is kept of a long answer is its beginning, which is no JSON.
    found = _MESSAGE.search(body)
    try:
        message = json.loads(f'"{found[1]}"') if found else body
    except ValueError:
        message = body
    words = f"{status}: {message}" if body else status
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}..."
