"""What a service knows of a request: found once, and handed on to its views and to what stands before and after them."""

from typing import TYPE_CHECKING, Any

from flask import Request

from elements_local.kit.http_message import variable_of
from elements_local.kit.web.guard import is_admin

if TYPE_CHECKING:
    from datetime import datetime
    from wsgiref.types import WSGIEnvironment

    from elements_local.kit.traffic.fault_rules import FaultRule
    from elements_local.kit.workspaces.registry import Workspace

FACTS = "elements_local.facts"
"""Where they are in a request's environment."""


class RequestFacts:
    """What is known of a request. Each service adds who sends it, which is found when it is first asked for.

    Attributes:
        environ: as the server has made it.
        path: of the request, with one slash before it.
        text_path: as journal and fault rules have it; what is not UTF-8 in it has a sign in its place.
        is_admin: whether it is that of an admin route, there or not.
        rule: the fault rule that applies to it; None if none does.
        body: its bytes, of one that the service takes; None before they are read, and of others.
        noted: what a rule's effect did, or the service's own lag, for the journal.
        meant: of an admin call, whose workspace it is about, and what time it was there; None until that is known.
        drops: whether the connection is to be closed without an answer.
    """

    def __init__(self, environ: "WSGIEnvironment") -> None:
        self.environ = environ
        self.path = f"/{environ['PATH_INFO'].lstrip('/')}"
        self.text_path: str = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        self.is_admin = is_admin(self.path)
        self.rule: FaultRule | None = None
        self.body: bytes | None = None
        self.noted: dict[str, Any] = {}
        self.meant: tuple[Workspace, datetime] | None = None
        self.drops = False

    def header(self, name: str) -> str | None:
        """Return a header; None if it is not there."""
        return self.environ.get(variable_of(name))

    @property
    def workspace(self) -> "Workspace":
        """Whose request it is by its credentials; the default workspace's if they do not tell."""
        raise NotImplementedError


def facts_of(asked: Request) -> Any:
    """Return what the service that was asked knows of a request; of its own class of facts."""
    return asked.environ[FACTS]
