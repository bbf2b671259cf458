"""Every setting with its value, its default, and where the value comes from."""

from msgspec import Struct

from elements_local.kit.settings import Setting, variable
from elements_local.stack_settings import (
    SERVICES,
    Configuration,
    FoundSetting,
    every_setting,
    settings_of,
)

_MASK = "***"
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


def listed(configuration: Configuration) -> list[ListedSetting]:
    """Return every setting.

    Raises:
        SettingsError: one cannot be used.
    """
    configuration.check()
    environment = configuration.environment()
    services = {group: settings_of(group).from_env(environment) for group in SERVICES}

    def value_of(name: str, setting: Setting) -> object:
        group, of_service, own_name = name.partition(".")
        if of_service:
            return getattr(services[group], own_name)  # a profile gives others than the defaults
        found = configuration.found.get(name)
        return setting.value_of(found.text, named=found.named) if found else setting.default

    return [
        _listed(name, setting, value_of(name, setting), configuration.found.get(name))
        for name, setting in every_setting().items()
    ]


def _listed(name: str, setting: Setting, value: object, found: FoundSetting | None) -> ListedSetting:
    usual = "default" if value == setting.default else "platform.profile"
    return ListedSetting(
        name=name,
        variable=variable(name),
        value=_MASK if setting.secret and value else setting.to_json(value),
        default=setting.to_json(setting.default),
        origin=found.origin if found else usual,
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
