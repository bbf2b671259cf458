"""Every setting with its value and where that comes from: of a call of the program, and of a stack that runs."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from msgspec import Struct

from elements_local.kit.settings import Setting, variable
from elements_local.stack.stack_settings import (
    SERVICES,
    Configuration,
    FoundSetting,
    SharedSettings,
    StartSettings,
    every_setting,
    settings_of,
)

_UNITS = {"seconds": (86_400, "days"), "bytes": (1024 * 1024, "MiB")}
"""What is said beside a value, by the first word of what its setting means."""


class ListedSetting(Struct, frozen=True, kw_only=True):
    """A setting as it is at present.

    Attributes:
        value, default: as JSON has them, secrets masked.
        origin: ``flag``, ``environment``, a file's path, ``default``, or the setting that decides where it says nothing.
        takes: what it may be set to.
    """

    name: str
    variable: str
    value: object
    default: object
    origin: str
    takes: str
    about: str


def listed(
    configuration: Configuration, exposed: Mapping[str, str] = MappingProxyType({})
) -> list[ListedSetting]:
    """Return every setting.

    Args:
        exposed: defaults of a stack that others can reach, by their variables.

    Raises:
        SettingsError: one cannot be used.
    """
    configuration.check()
    environment = {**exposed, **configuration.environment()}
    services = {group: settings_of(group).from_env(environment) for group in SERVICES}

    def value_of(name: str, setting: Setting) -> object:
        group, of_service, own_name = name.partition(".")
        if of_service:
            return getattr(services[group], own_name)  # a profile gives others than the defaults
        found = configuration.found.get(name)
        return setting.value_of(found.text, named=found.named) if found else setting.default

    return [
        _listed(
            name,
            setting,
            value_of(name, setting),
            configuration.found.get(name),
            usual="up --host" if variable(name) in exposed else "platform.profile",
        )
        for name, setting in every_setting().items()
    ]


def _listed(
    name: str, setting: Setting, value: object, found: FoundSetting | None, *, usual: str
) -> ListedSetting:
    return ListedSetting(
        name=name,
        variable=variable(name),
        value=setting.to_json(value),
        default=setting.to_json(setting.default),
        origin=found.origin if found else "default" if value == setting.default else usual,
        takes=setting.expected,
        about=setting.about,
    )


def written(value: object, about: str) -> str:
    """Return a value as people read it: seconds with the days that they are, bytes with the mebibytes.

    >>> written(7_776_000, "seconds"), written(2 * 1024 * 1024, "bytes"), written([], ""), written(True, "")
    ('7776000 (90 days)', '2097152 (2 MiB)', 'none', 'true')
    """
    if value is None or value == []:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(map(str, value))
    size, unit = _UNITS.get(about.partition(" ")[0], (0, ""))
    if size and isinstance(value, int) and value and value % size == 0:
        return f"{value} ({value // size} {unit})"
    return str(value) or '""'


def effective(
    typed: Configuration | None,
    environment: Mapping[str, str],
    services: Collection[str],
    exposed: Mapping[str, str],
) -> list[ListedSetting]:
    """Return the settings that a process of a stack goes by.

    Args:
        typed: what a command was called with; without it, nothing is known of how the stack was started.
        environment: has the settings then.
        services: those that run in this process; those of others are another's.
        exposed: as ``listed`` takes it.
    """
    own = {*SharedSettings.declared(), *(StartSettings.declared() if typed else ())}
    return [
        each
        for each in listed(typed or Configuration(environment), exposed)
        if each.name in own or each.name.partition(".")[0] in services
    ]
