"""What a check of the battery is, and what several of them read of an answer."""

from collections.abc import Callable
from typing import Any

from elements_local.verify.comparison import form
from elements_local.verify.visit import Visit
from mock_kit.api.json_text import MalformedJsonError, decode
from mock_kit.web.wire import Reply

Check = Callable[[Visit], Any]
"""Returns what it saw, in a form without values."""

CONTACTS = "/hubs/crm/contacts"


def named(*checks: Check) -> dict[str, Check]:
    """Return checks by their names, in their order; a ledger's row says which of them look at it."""
    return {check.__name__.replace("_", "-"): check for check in checks}


def form_of(reply: Reply) -> Any:
    """Return the form of a body, which need not be JSON."""
    try:
        return form(decode(reply.body)) if reply.body else "nothing"
    except MalformedJsonError:
        return "no JSON"


def objects(reply: Reply) -> list[dict[str, Any]]:
    """Return the objects of a list; nothing of an answer that is none."""
    page = decode(reply.body) if reply.ok else []
    return [each for each in page if isinstance(each, dict)] if isinstance(page, list) else []
