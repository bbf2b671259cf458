"""Where settings come from: flags, then the environment, then ``pyproject.toml``; what nobody knows is refused."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib import import_module
from ipaddress import ip_address
from pathlib import Path

from elements_local.kit.instants import for_clock, parse_instant
from elements_local.kit.settings import (
    PREFIX,
    Setting,
    Settings,
    SettingsError,
    WrongValueError,
    flag,
    integer,
    one_of,
    setting,
    text,
    variable,
)
from elements_local.kit.text import nearest
from elements_local.kit.web.origins import host_names, origins

_MOST_SEED = 2**53 - 1


def _port(default: int, about: str) -> int:
    return integer(default, about, high=65535)


def _instant(value: str) -> str:
    """Return a text that says an instant."""
    for_clock(parse_instant(value))
    return value


def _vendor_names(value: str) -> frozenset[str]:
    """Return the names and paths in a text; case counts, and a path may have blanks."""
    return frozenset(name for each in value.split(",") if (name := each.strip()))


def _connector_names(value: str) -> frozenset[str]:
    """Return the names in a text; case counts."""
    names = frozenset(value.replace(",", " ").split())
    if not all(re.fullmatch(r"[\w.]+:[\w.]+", name) for name in names):
        raise ValueError
    return names


def _address(value: str) -> str:
    """Return a text that is an IP address, as connections say it."""
    return str(ip_address(value)) if value else ""


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
        "virtual", "virtual time moves only when it is advanced, real time by itself", ["virtual", "real"]
    )
    speed: int = integer(
        1,
        "how many seconds pass on a real clock in each of the machine's; needs --clock real",
        low=1,
        high=86_400,
    )
    start: str = setting(
        "2026-03-02T10:00:00Z",
        "where virtual time starts",
        read=_instant,
        expected="an instant of 1900 to 9000, such as 2026-03-02T10:00:00Z",
    )
    seed: int = integer(0, "what ids and made-up data follow from", high=_MOST_SEED)
    records: int = integer(
        0,
        "contacts, organisations, leads, opportunities, projects, tasks, events and e-mails to start with, of each so many",
        high=10_000,
    )
    data: Path | None = setting(
        None,
        "a directory that keeps everything; without one all is gone at the end",
        read=Path,
        expected="a path",
    )
    database: str | None = setting(
        None, "an SQLAlchemy URL, instead of a directory", read=str, expected="a URL", secret=True
    )


@dataclass(frozen=True, kw_only=True)
class SharedSettings(Settings):
    """What all services of a stack go by."""

    keep_ties: bool = flag(
        False,
        "leave a change in the very second of a poll, or in which an instance was made, in that second, where it is lost, "
        "as it would be at the vendor's; else it begins the next second",
    )
    served_as: frozenset[str] = host_names(
        "names that others call the stack by, besides localhost; requests for any other name are refused"
    )
    trusted_proxy: str = setting(
        "",
        "the address from which a proxy with TLS calls the stack: its X-Forwarded-Proto, X-Forwarded-Host and X-Forwarded-Prefix "
        "say how it was called itself; those of all others are dropped",
        read=_address,
        expected="an IP address",
    )
    allow_origins: frozenset[str] = origins(
        "origins of pages that may call the stack, besides this machine's and Postman's, such as https://app.example or "
        "https://*.app.example"
    )

    connectors: frozenset[str] = setting(
        frozenset(),
        "what speaks to other vendors than the one that is shipped: a connector, or what makes one",
        read=_connector_names,
        expected="names such as package.module:Name, with commas between",
    )

    vendors: frozenset[str] = setting(
        frozenset(),
        "vendors that files describe: names of those that are shipped, and paths of YAML files",
        read=_vendor_names,
        expected="names and paths, with commas between",
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
    workspace: str = text("default", "the workspace")
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


SERVICES = {
    "platform": ("elements_local.platform", "PlatformSettings"),
    "crm": ("mock_insightly", "CrmSettings"),
    "sink": ("callback_sink", "SinkSettings"),
}
"""The services by the group of their settings: package and class, imported only where a setting of theirs is met."""

SHORTHANDS = {
    "allow_host": ("platform.allow_hosts", "sink.allow_hosts"),
    "allow_origin": ("allow_origins",),
    "connector": ("connectors",),
    "vendor": ("vendors",),
    "limits": ("crm.limits",),
}
"""Flags, and keys of ``pyproject.toml``, by which settings are set that have other names."""

_TABLE = "tool.elements-local"
_OF_TESTS = PREFIX + "TEST_"
OF_CREDENTIALS = ("organization_secret", "user_secret", "crm_username", "crm_api_key", "callback_url")
"""What programs of the user's are given of a workspace."""
_OF_PROGRAMS = frozenset(variable(name) for name in OF_CREDENTIALS)
_EXAMPLE = "NAME=VALUE, such as platform.batch_size=5"


class UnknownSettingError(SettingsError):
    """There is no setting of a name."""

    def __init__(self, named: str, near: str | None) -> None:
        hint = f"; did you mean {near}?" if near else ""
        super().__init__(f"{named}: there is no such setting{hint} (`elements-local settings` lists them)")


@dataclass(frozen=True, kw_only=True)
class FoundSetting:
    """What one origin says of a setting.

    Attributes:
        origin: ``flag``, ``environment``, or the path of a ``pyproject.toml``.
        named: what a message calls it.
    """

    text: str
    origin: str
    named: str


class Configuration:
    """The settings that were chosen, each by its name: ``host``, ``crm.limits``.

    All that reads them raises ``SettingsError`` of a file that cannot be read, and of a name that nobody knows.
    """

    def __init__(self, environment: Mapping[str, str] | None = None, project: Path | None = None) -> None:
        self._environment = environment or {}
        self._project = project
        self._flags: dict[str, FoundSetting] = {}

    @cached_property
    def _outside(self) -> Mapping[str, FoundSetting]:
        """What environment and project say; the project's settings of services are looked at where a stack starts."""
        variables = dict(_in_environment(self._environment))
        project = _in_project(self._project) if self._project and self._project.is_file() else {}
        _refuse_unknown({**{name: each for name, each in project.items() if "." not in name}, **variables})
        return {**project, **variables}

    @property
    def found(self) -> Mapping[str, FoundSetting]:
        """What was found, of each setting the first origin's."""
        return {**self._outside, **self._flags}

    def add_flag(self, option: str, name: str, text: str) -> None:
        """Note what a flag says.

        Args:
            option: as it was typed, ``--limits``.
            name: of the setting, or a shorthand.
        """
        for target in SHORTHANDS.get(name, (name,)):
            self._flags[target] = FoundSetting(text=text, origin="flag", named=option)

    def add_assignment(self, assignment: str, *, option: str = "--set") -> None:
        """Note what ``--set NAME=VALUE`` says of a setting of a service or of the whole stack.

        Raises:
            SettingsError: it is no assignment, or the setting has a flag of its own.
        """
        name, equals, text = assignment.partition("=")
        if not equals:
            raise WrongValueError(option, assignment, expected=_EXAMPLE)
        name = _normal(name)
        if name in FLAT and name not in SharedSettings.declared():
            raise SettingsError(
                f"{option} {name}: commands that use it have --{name.replace('_', '-')}; set it by that"
            )
        self._flags[name] = FoundSetting(text=text, origin="flag", named=f"{option} {name}")

    def environment(self) -> dict[str, str]:
        """Return the settings of the services and of the whole stack as environment variables, once they are checked."""
        self.check()
        of_stack = {name for name in self.found if "." in name} | SharedSettings.declared().keys()
        return {variable(name): setting.text for name, setting in self.found.items() if name in of_stack}

    def check(self) -> None:
        """Refuse names that nobody knows, and values that settings do not take, by a ``SettingsError``."""
        _refuse_unknown(self.found)
        for name, each in self.found.items():
            declared_for(name)[name].value_of(each.text, named=each.named)


def settings_of(group: str) -> type[Settings]:
    """Import a service, and return the class of its settings."""
    package, name = SERVICES[group]
    settings: type[Settings] = getattr(import_module(package), name)
    return settings


def declared_for(name: str) -> Mapping[str, Setting]:
    """Return the settings among which a name is looked for: those of its service, or those that are no service's."""
    group = name.partition(".")[0]
    if group == name or group not in SERVICES:
        return FLAT
    return {f"{group}.{each}": setting for each, setting in settings_of(group).declared().items()}


def every_setting() -> dict[str, Setting]:
    """Return all settings by their names; that loads the services."""
    return {**FLAT, **{name: each for group in SERVICES for name, each in declared_for(f"{group}.").items()}}


def stack_variables() -> dict[str, str]:
    """Return the names of the settings of services and of the whole stack by their environment variables."""
    own = FLAT.keys() - SharedSettings.declared().keys()
    return {variable(name): name for name in every_setting() if name not in own}


def _refuse_unknown(settings: Mapping[str, FoundSetting]) -> None:
    for name, each in settings.items():
        if name not in declared_for(name):
            raise UnknownSettingError(each.named, _nearest(name, each))


def _nearest(name: str, setting: FoundSetting) -> str | None:
    """Return the setting that may be meant, written as in the place where it was found."""
    near = nearest(name, every_setting())
    if near is None or setting.origin == "flag":
        return near
    if setting.origin == "environment":
        return variable(near)
    group, dot, key = near.rpartition(".")
    return f"[{_TABLE}{dot}{group}] {key}"


def _in_environment(environment: Mapping[str, str]) -> Iterator[tuple[str, FoundSetting]]:
    for name, value in environment.items():
        if not name.startswith(PREFIX) or name.startswith(_OF_TESTS) or name in _OF_PROGRAMS:
            continue
        setting = name.removeprefix(PREFIX).lower()
        group, _, rest = setting.partition("_")
        if setting not in FLAT and group in SERVICES:
            setting = f"{group}.{rest}"
        if (
            value or setting not in FLAT
        ):  # set to nothing is not set, but for what a service may take as a value
            yield setting, FoundSetting(text=value, origin="environment", named=name)


def _in_project(path: Path) -> dict[str, FoundSetting]:
    settings: dict[str, FoundSetting] = {}
    for name, named, value in _keys(path):
        for target in SHORTHANDS.get(name, (name,)):
            if target in settings:
                raise SettingsError(f"{named}: {settings[target].named} sets the same; leave one of them out")
            settings[target] = FoundSetting(text=_text(named, value), origin=str(path), named=named)
    return settings


def _sound_lines(text: str) -> int:
    """Return how many lines from the first one on are TOML by themselves."""
    lines = text.splitlines(keepends=True)
    for count in range(len(lines) - 1, 0, -1):
        with suppress(tomllib.TOMLDecodeError):
            tomllib.loads("".join(lines[:count]))
            return count
    return 0


def _keys(path: Path) -> Iterator[tuple[str, str, object]]:
    """Yield the keys of a project's table and of the tables in it: name, what a message calls it, value."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: it is not UTF-8") from error
    try:
        table = tomllib.loads(text).get("tool", {}).get("elements-local", {})
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: it is not valid TOML from line {_sound_lines(text) + 1} on") from error
    if not isinstance(table, dict):
        raise WrongValueError(f"{path}: [{_TABLE}]", table, expected="a table")
    for key, value in table.items():
        if isinstance(value, dict):
            for inner, each in value.items():
                yield f"{_normal(key)}.{_normal(inner)}", f"{path}: [{_TABLE}.{key}] {inner}", each
        else:
            yield _normal(key), f"{path}: [{_TABLE}] {key}", value


def _text(named: str, value: object) -> str:
    """Return a value of TOML as an environment variable would have it."""
    if isinstance(value, list):
        return ",".join(_text(named, each) for each in value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int | float):
        return str(value)
    raise WrongValueError(named, value, expected="a text, a number, true, false, or a list of names")


def _normal(name: str) -> str:
    return name.strip().replace("-", "_").lower()
