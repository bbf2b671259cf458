"""What a journal may show: secrets become eight asterisks, as the platform shows them itself."""

import re

MASK = "********"

_HEADERS = frozenset({"authorization", "cookie", "set-cookie", "elements-local-token"})
_SCHEME = re.compile(r"(\w+) [^,]+")
_JSON_SECRET = re.compile(
    r"""(\\*"[^"\\]*(?:password|secret|token|signature\.key|api_?key)[^"\\]*\\*"\s*:\s*\\*")  # the key, perhaps escaped
        (?:\\.|[^"\\])+ """,
    re.IGNORECASE | re.VERBOSE,
)


def mask_header(name: str, value: str) -> str:
    """Return a header's value as it may be shown; an Authorization keeps its schemes.

    >>> mask_header("Authorization", "User abc=, Element def=")
    'User ********, Element ********'
    """
    if name.lower() not in _HEADERS:
        return value
    return _SCHEME.sub(rf"\1 {MASK}", value) if " " in value else MASK


def mask_body(text: str) -> str:
    """Return a body as it may be shown: values of keys that name a secret are masked.

    >>> mask_body('{"configuration":{"password":"0123-4567","username":"ada"}}')
    '{"configuration":{"password":"********","username":"ada"}}'
    """
    return _JSON_SECRET.sub(rf"\g<1>{MASK}", text)
