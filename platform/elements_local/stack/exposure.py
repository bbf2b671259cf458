"""Who can reach a stack, what it asks of them, and what is said of that: on loopback nothing, elsewhere a token and secrets."""

from collections.abc import Iterable
from secrets import token_urlsafe
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from elements_local.clients.errors import OptionError
from elements_local.clients.service_client import TOKEN_HEADER
from elements_local.kit.settings import variable
from elements_local.kit.web.guard import Guard
from elements_local.kit.web.origins import is_address, is_local
from elements_local.kit.workspaces.workspace import DOCUMENTED
from elements_local.stack.stack_settings import SharedSettings

if TYPE_CHECKING:
    from elements_local.kit.workspaces.registry import Workspaces
    from elements_local.stack.options import Options
    from elements_local.stack.stack import Stack

DEFAULTS = {"ELEMENTS_LOCAL_PLATFORM_PASSWORDS": "secret"}
"""Settings whose defaults are others where others can reach the stack: addresses of users can be guessed."""


_CALLED = {"platform": "the platform", "crm": "the CRM"}


def is_exposed(options: "Options", bound_to: Iterable[str]) -> bool:
    """Say whether others can reach a stack: at a host that this process is bound to, or at another process that has its token."""
    if SharedSettings.from_env(options.environment).trusted_proxy:
        return True
    return not all(map(is_local, bound_to)) or (options.is_part and options.token is not None)


def guard(options: "Options", *, exposed: bool) -> Guard:
    """Return who may call a stack; it has a token if it was given one, or if others can reach it.

    Raises:
        OptionError: others can reach one of several processes, which was given none.
    """
    if exposed and options.is_part and options.token is None:
        raise OptionError(
            f"others can reach {options.host}, so the processes of a stack need one token for all of them: give each the same "
            f"--token, or {variable('token')}"
        )
    return Guard(
        token=options.token or (token_urlsafe(24) if exposed else None),
        served_as=names(options),
        allow_origins=SharedSettings.from_env(options.environment).allow_origins,
    )


def names(options: "Options") -> frozenset[str]:
    """Return the names that a stack is called by: those that it was given, and those of where it listens and is called."""
    called = {urlsplit(url).hostname or "" for name, url in options.urls.items() if name in options.services}
    bound = set() if is_address(options.host) else {options.host.lower()}
    return SharedSettings.from_env(options.environment).served_as | bound | called


def check_secrets(options: "Options", workspaces: "Workspaces", *, exposed: bool) -> None:
    """Refuse data whose secrets are others than those that the stack is to have.

    Raises:
        OptionError: they are the documented ones, and others can reach the stack; or they are not, and should be.
    """
    documented = workspaces.default.user_secret == DOCUMENTED.user_secret
    where = options.data or "the database"
    if exposed and documented and not options.known_secrets:
        reached = "its stack" if options.is_part else options.host
        raise OptionError(
            f"{where} was made with the secrets that stand in the documentation, and others can reach {reached}; "
            "give --known-secrets if that is meant, or start with an empty --data directory"
        )
    if options.known_secrets and not documented:
        raise OptionError(
            f"{where} has secrets of its own; leave out --known-secrets, or start with an empty --data directory"
        )


def who_can_reach(stack: "Stack", options: "Options") -> str:
    """Say in a paragraph who can call what of a stack that others can reach; nothing of one on loopback."""
    running = stack.listening
    if stack.token is None or is_local(options.host) or not running:
        return ""
    called = " and ".join(_CALLED[name] for name in running if name in _CALLED)
    fresh = "the secrets below" if "platform" in running or not options.is_part else "a workspace's secrets"
    known = "the documented secrets, which everybody knows" if options.known_secrets else fresh
    may = [
        *([f"call {called} with {known}"] if called else []),
        *(["send callbacks to the sink"] if "sink" in running else []),
    ]
    known_names = ", ".join(sorted(names(options))) or "none yet; --served-as adds one"
    return (
        f"All who can reach this machine, where the stack listens at {options.host}, can {', '.join(may)}, and with "
        f"the admin token, in the header {TOKEN_HEADER}, do everything: read callbacks and all workspaces' secrets, move "
        f"time, reset. Calls may use any address of this machine, or a name that it knows ({known_names}). Pages of other "
        "sites are all refused."
    )
