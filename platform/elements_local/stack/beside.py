"""A process of a stack that starts beside others: where it finds their services, and whether it goes by the same settings."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from hashlib import sha256

from elements_local.clients.errors import OptionError
from elements_local.clients.workspace_clients import SERVICES, Addresses
from elements_local.kit.api.json_text import encode_text
from elements_local.kit.settings import Settings
from elements_local.kit.shared.processes import StackProcess, StackProcesses
from elements_local.kit.storage.database import Database
from elements_local.stack.options import USUAL_URLS, Options
from elements_local.stack.stack_settings import SharedSettings, settings_of

_OWN = frozenset({"worker_jobs", "journal_bytes"})
"""Settings of one process, by what its machine can do."""

_OF_ALL = frozenset({"keep_ties", "connectors", "vendors"})
"""Settings that all services of a stack go by."""


@contextmanager
def beside_others(
    options: Options, database: Database, listening: Mapping[str, str], environment: Mapping[str, str]
) -> Iterator[Addresses]:
    """Start beside the processes of a database, and be one of them until the end of the block.

    Args:
        listening: where this process answers for its services.
        environment: what its settings are read from.

    Returns:
        A context manager that gives where services are called: as this process was told, else as it listens, else as
        another one was told or listens, else at the usual ports, if all that is known is there.

    Raises:
        OptionError: one goes by other settings of the same service, or calls a service of this one elsewhere.
    """
    processes = StackProcesses(database)
    with ExitStack() as joined:
        with processes.starting() as others:
            settings = _settings(options, environment)
            _check_settings(settings, others)
            told = {**_told_ports(options), **options.urls}
            _check_calls({**listening, **told}, {*options.services}, others)
            found = {**_all(one.listens for one in others), **_all(one.urls for one in others)}
            known = {**found, **listening, **told} if options.is_part else {**listening, **told}
            assumed = _assumed(options, known) if options.is_part else {}
            own = StackProcess(settings=settings, listens=dict(listening), urls=told, assumed=assumed)
            joined.enter_context(processes.joined(own))
        yield options.addresses({**USUAL_URLS, **assumed, **known} if options.is_part else known)


def _told_ports(options: Options) -> dict[str, str]:
    """Return where services of other processes are by the ports that this one was given, though it does not open them."""
    ports = dict(zip(SERVICES, options.ports, strict=True))
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items() if port}
    return {
        name: url
        for name, url in urls.items()
        if options.is_part and name not in options.chosen_ports and url != USUAL_URLS[name]
    }


def _all(urls: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {name: url for one in urls for name, url in one.items()}


def _assumed(options: Options, known: Mapping[str, str]) -> dict[str, str]:
    """Return where a platform or a worker calls what nobody has told it of.

    A stack at other ports than the usual ones calls nothing there, where another one may be: it has no sink then.

    Raises:
        OptionError: it has no CRM, or no platform.
    """
    if "platform" not in options.services:  # a CRM and a sink call nobody
        return {}
    unknown = [name for name in SERVICES if name not in known]
    if all(url == USUAL_URLS[name] for name, url in known.items()):
        return {name: USUAL_URLS[name] for name in unknown}
    needed = [name for name in unknown if name != "sink"]
    if needed:
        where = " and ".join(f"{name} at {url}" for name, url in sorted(known.items()))
        raise OptionError(
            f"this stack has its {where}, and nothing says where the {needed[0]} answers: start that process first, or give "
            f"this one --{needed[0]}-url"
        )
    return dict.fromkeys(unknown, "")


def _settings(options: Options, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the settings that other processes of the same services are to have, too, by their names."""
    shared = SharedSettings.from_env(environment)
    kept = {"speed": encode_text(options.speed), **_values(shared, _OF_ALL, group="")}
    for group in options.services:
        of_service = settings_of(group).from_env(environment)
        kept |= _values(of_service, of_service.declared().keys() - _OWN, group=f"{group}.")
    return kept


def _values(settings: Settings, names: Iterable[str], *, group: str) -> dict[str, str]:
    declared = settings.declared()
    return {
        group + name: _digest(value) if declared[name].secret else encode_text(declared[name].to_json(value))
        for name in names
        for value in (getattr(settings, name),)
    }


def _digest(secret: object) -> str:
    return f"(a secret, sha256 {sha256(str(secret).encode()).hexdigest()[:8]})"


def _check_settings(settings: Mapping[str, str], others: Sequence[StackProcess]) -> None:
    differing = {
        f"{name} is {value} there, and {settings[name]} here"
        for one in others
        for name, value in one.settings.items()
        if settings.get(name, value) != value
    }
    if differing:
        raise OptionError(
            f"a process of this stack runs with other settings: {'; '.join(sorted(differing))}; give both the same, or "
            "stop that one first"
        )


def _check_calls(at: Mapping[str, str], services: Collection[str], others: Sequence[StackProcess]) -> None:
    answering = {(name, url) for one in others for name, url in (*one.listens.items(), *one.urls.items())}
    for one in others:
        for name, url in one.assumed.items():
            if name in services and name in at and url != at[name] and (name, url) not in answering:
                calls = f"calls the {name} at {url}" if url else f"has no {name}"
                raise OptionError(
                    f"a process of this stack {calls}, as it was told of no other: start this one, which is at {at[name]}, "
                    f"before it, or give it --{name}-url={at[name]}"
                )
