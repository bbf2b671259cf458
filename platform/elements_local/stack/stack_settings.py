"""Settings that are no service's own: how a stack is started, what all of it goes by, where a running one is found."""

from dataclasses import dataclass
from pathlib import Path

from elements_local.kit.settings import Setting, Settings, flag, one_of, setting, text, whole
from elements_local.kit.web.exposure_settings import host_names, origins

_MOST_SEED = 2**53 - 1


def _port(default: int, about: str) -> int:
    return whole(default, about, high=65535)


def _instant(value: str) -> str:
    """Return a text that says an instant."""
    from elements_local.kit.workspaces.instants import parse_instant  # noqa: PLC0415 - not needed for --help

    parse_instant(value)
    return value


@dataclass(frozen=True, kw_only=True)
class StartSettings(Settings):
    """How ``up`` starts a stack."""

    role: str = one_of(
        "all",
        "run the CRM or the sink alone: nothing but its own port is opened; on a PostgreSQL, be that one, the platform, or "
        "a worker, which opens no port, of a stack of several processes",
        ["all", "platform", "crm", "sink", "worker"],
    )
    host: str = text("127.0.0.1", "where to listen")
    known_secrets: bool = flag(
        False,
        "keep the documented secrets where others can reach the stack; without it the default workspace gets fresh ones",
    )
    platform_port: int = _port(4700, "the platform's; 0 takes any free port, so for the other two")
    crm_port: int = _port(4701, "the CRM's")
    sink_port: int = _port(4702, "the sink's")
    clock: str = one_of(
        "virtual", "virtual time moves only when it is told to, real time by itself", ["virtual", "real"]
    )
    speed: int = whole(
        1,
        "how many seconds pass on a real clock in each of the machine's; needs --clock real",
        low=1,
        high=86_400,
    )
    start: str = setting(
        "2026-03-02T10:00:00Z",
        "where virtual time starts",
        read=_instant,
        expected="an instant such as 2026-03-02T10:00:00Z",
    )
    seed: int = whole(0, "what ids and made-up data follow from", high=_MOST_SEED)
    records: int = whole(
        0,
        "contacts, organisations, leads and opportunities to start with, of each so many",
        high=10_000,
    )
    data: Path | None = setting(
        None,
        "a directory that keeps everything; without one all is gone at the end",
        read=Path,
        expected="a path",
    )
    database: str | None = setting(
        None, "an SQLAlchemy URL, in the place of a directory", read=str, expected="a URL", secret=True
    )


@dataclass(frozen=True, kw_only=True)
class SharedSettings(Settings):
    """What all services of a stack go by."""

    keep_ties: bool = flag(
        False,
        "leave a change in the very second of a poll, or in which an instance was made, in that second, where it is lost, "
        "as it would be at the vendor's; else it begins the next second",
    )
    sockets_inside: bool = flag(
        False,
        "have the services of a stack call one another over sockets, as separate programs would; else they do so within "
        "the process, which shows everywhere the same and takes half the time",
    )
    served_as: frozenset[str] = host_names(
        "names that others call the stack by, beside localhost; requests for any other name are refused"
    )
    allow_origins: frozenset[str] = origins(
        "whose pages may call the stack beside those of this machine and Postman's, such as https://app.example or "
        "https://*.app.example"
    )


@dataclass(frozen=True, kw_only=True)
class ClientSettings(Settings):
    """Where commands find a running stack, and how they use one."""

    platform_url: str = text("http://127.0.0.1:4700", "where the platform answers", expected="a URL")
    crm_url: str = text(
        "http://127.0.0.1:4701",
        "where the CRM answers, if that is not where the platform says",
        expected="a URL",
    )
    sink_url: str = text(
        "http://127.0.0.1:4702",
        "where the sink answers, if that is not where the platform says",
        expected="a URL",
    )
    token: str | None = setting(
        None,
        "what admin routes ask for: the token that up was given, or has printed where the stack is not bound to loopback",
        read=str,
        expected="a text",
        secret=True,
    )
    workspace: str = text("default", "whose data, clock and credentials")
    transport: str = one_of(
        "in-process",
        "how replay runs scenarios: in process under freezegun, or over real ports",
        ["in-process", "network"],
    )


def _secret(about: str) -> str:
    whole_about = f"{about}; replay --tenant reads it from the environment alone"
    return setting("", whole_about, read=str, expected="a text", secret=True)


@dataclass(frozen=True, kw_only=True)
class TenantSettings(Settings):
    """The secrets of a tenant of the real platform."""

    tenant_user_secret: str = _secret("the user's secret")
    tenant_organization_secret: str = _secret("the organization's secret")
    tenant_crm_username: str = _secret("what the CRM's user is called")
    tenant_crm_api_key: str = _secret("the CRM's API key")


FLAT: dict[str, Setting] = {
    **StartSettings.declared(),
    **SharedSettings.declared(),
    **ClientSettings.declared(),
    **TenantSettings.declared(),
}
"""The settings that are no service's own, by name."""
