"""What an operation of a document is called.

Source: the rule of 1,545 operations in exported documents, and the older form in the vendor's API test suite (both
observed); that the names of objects in a path count as words follows from ``getObjectsObjectNameMetadata`` (inferred).
"""

import re

VERBS = {"get": "get", "post": "create", "put": "replace", "patch": "update", "delete": "delete"}
_NAMES = frozenset({"{objectName}", "{childObjectName}"})
_NO_LETTER = re.compile("[^A-Za-z0-9]+")


def operation_id(path: str, method: str) -> str:
    """Return the id of an operation: its verb, the words of its path, and by which parameter it ends.

    What makes something, and what ends in a parameter, speaks of one thing.

    >>> operation_id("/contacts", "get"), operation_id("/contacts", "post"), operation_id("/contacts/{id}", "patch")
    ('getContacts', 'createContact', 'updateContactById')
    >>> operation_id("/accounts/{id}/orders", "post"), operation_id("/accounts/{id}/orders/{orderId}", "get")
    ('createAccountOrder', 'getAccountsOrderByOrderId')
    """
    *front, end = path.strip("/").split("/")
    by = end.strip("{}") if _is_parameter(end) else ""
    words = [word for word in (front if by else [*front, end]) if not _is_parameter(word)]
    if method == "post":
        words = [_singular(word) for word in words]
    elif by and words:
        words[-1] = _singular(words[-1])
    named = "".join(_camel(word.strip("{}")) for word in words)
    return f"{VERBS[method]}{named}{f'By{_camel(by)}' if by else ''}"


def older_id(path: str, method: str) -> str:
    """Return the older id of an operation.

    >>> older_id("/accounts/{id}/addresses", "get")
    'GET-accounts-id-addresses'
    """
    return "-".join([method.upper(), *(word.strip("{}") for word in path.strip("/").split("/"))])


def _is_parameter(word: str) -> bool:
    return word.startswith("{") and word not in _NAMES


def _singular(word: str) -> str:
    return f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")


def _camel(word: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in _NO_LETTER.split(word))
