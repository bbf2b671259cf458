"""Where the packages lie: our folder ``platform`` must never be taken for Python's own module of that name."""

import ast
import importlib.util
import os
import platform
import subprocess
import sys
import sysconfig
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

import elements_local

ROOT = Path(__file__).parents[2]
PACKAGES = {"elements_local": ROOT / "platform", "mock_insightly": ROOT, "callback_sink": ROOT}
PLATFORM = ROOT / "platform" / "elements_local" / "platform"
KIT = "elements_local.kit"
MODULES_WITH_IO = ("__init__", "client", "connector", "routes", "service", "store", "tables", "task")
"""What the modules of a subject are called that do something; all others are rules."""

OTHER_MODULES_WITH_IO = {
    "accounts": "directory",
    "audit": "notes",
    "callbacks": "activity_messages lanes receiver_keys",
    "core": "callers hub_client identities paging settings",
    "elements": "fake_log",
    "elements/vendor_file": "answers batches exchange fake hooks links pages sample_data writing",
    "elements/vendors": "hubspotcrm",
    "events": "composer",
    "explain": "arrivals facts own_calls",
    "hub": "routing",
    "instances": "call",
    "shared": "choice due_lanes job_queue real_time worker",
}
RULES = [
    path
    for path in sorted(PLATFORM.glob("*/**/*.py"))
    if not path.stem.startswith(MODULES_WITH_IO)
    and path.stem not in OTHER_MODULES_WITH_IO.get(path.parent.relative_to(PLATFORM).as_posix(), "").split()
]
DOING = {
    "flask",
    "werkzeug",
    "sqlalchemy",
    "requests",
    "msgspec",
    "time",
    "os",
    "socket",
    "logging",
    "threading",
    KIT,
}
PURE = {
    "elements_local.kit.api.json_text",
    "elements_local.kit.api.pages",
    "elements_local.kit.api.views",
    "elements_local.kit.caching",
    "elements_local.kit.masks",
    "elements_local.kit.seeded",
    "elements_local.kit.text",
    "elements_local.kit.values",
    "elements_local.kit.web.signature",
    "elements_local.kit.instants",
}
"""What rules may have of the kit."""

VALUES = {"UNSET", "Meta", "Struct", "UnsetType", "field"}
"""What they may have of msgspec: it makes values of their own, and reads no request."""

OWN_MACHINE = "import platform; print(platform.__file__); print(platform.system())"


@cache
def tree_of(path):
    """Return a module as it is parsed; each is parsed once for all tests."""
    return ast.parse(path.read_text(encoding="utf-8"))


def trees_of(package):
    for path in sorted((PACKAGES[package] / package).rglob("*.py")):
        yield path, tree_of(path)


def place_of(path, package):
    return path.relative_to(PACKAGES[package]).as_posix()


def test_platform_is_the_standard_librarys():
    assert Path(platform.__file__).parent == Path(sysconfig.get_path("stdlib"))
    assert platform.system()


@pytest.mark.parametrize(
    "environment",
    [{}, {"PYTHONPATH": str(ROOT)}, {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}"}],
    ids=["started here", "the project on the path", "both source roots on the path"],
)
def test_platform_is_the_standard_librarys_for_whoever_is_started_in_the_project(environment):
    told = subprocess.run(
        [sys.executable, "-c", OWN_MACHINE],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )

    file, system = told.stdout.split()
    assert Path(file).parent == Path(sysconfig.get_path("stdlib"))
    assert system == platform.system()


def test_our_folder_platform_is_no_package():
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_our_folder_platform_holds_packages_and_nothing_else():
    entries = {path.name: path for path in (ROOT / "platform").iterdir() if path.name != "__pycache__"}

    assert set(entries) == {name for name, root in PACKAGES.items() if root.name == "platform"}
    assert all((path / "__init__.py").is_file() for path in entries.values())


def test_what_elements_local_offers_at_its_top_is_there_and_nothing_else():
    assert {name: getattr(elements_local, name).__name__ for name in elements_local.__all__} == {
        name: name for name in elements_local.__all__
    }
    with pytest.raises(AttributeError, match="has no attribute 'Optoins'"):
        _ = elements_local.Optoins


def test_importing_a_service_loads_the_kit_and_that_service_alone():
    """One of the three: what each of their modules imports is held by import-linter."""
    service = "callback_sink"
    program = f"import sys, {service}; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()

    ours = {name for name in loaded if name.partition(".")[0] in PACKAGES} - {"elements_local"}
    assert f"{KIT}.settings" in ours
    assert [name for name in ours if not f"{name}.".startswith((f"{KIT}.", f"{service}."))] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_imported_from_where_it_lies_and_says_that_it_is_typed(package):
    found = importlib.util.find_spec(package)

    assert found is not None
    assert found.origin is not None
    assert Path(found.origin) == PACKAGES[package] / package / "__init__.py"
    assert (PACKAGES[package] / package / "py.typed").is_file()


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_has_the_name_of_one_of_the_standard_library(package):
    ours = {path.stem for path in (PACKAGES[package] / package).rglob("*.py")} - {"__init__", "__main__"}

    assert ours, "the package has modules"
    assert ours & sys.stdlib_module_names == set()


@pytest.mark.parametrize("root", [ROOT, ROOT / "platform"], ids=["the project", "platform"])
def test_nothing_that_can_be_imported_from_a_source_root_has_such_a_name(root):
    """But for our folder itself, which has no ``__init__.py`` and so gives way."""
    ours = {path.stem for path in root.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}

    assert ours & sys.stdlib_module_names == set()


def imported(path):
    """Return the packages that a module imports, for type checking alone, too."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (package_of(name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module not in PURE:
            names = {name.name for name in node.names}
            if node.module != "msgspec" or not names <= VALUES:
                yield package_of(node.module)


def package_of(module):
    """Return the package that a module is of; the kit is one of its own here."""
    return KIT if module == KIT or module.startswith(f"{KIT}.") else module.partition(".")[0]


def test_a_rule_is_given_what_it_needs_no_clock_files_network_sql_or_web_framework():
    doing = {path.relative_to(PLATFORM).as_posix(): {*imported(path)} & DOING for path in RULES}

    assert doing
    assert {rule: what for rule, what in doing.items() if what} == {}, (
        "a rule decides; give it what it needs, or name it for what it does"
    )


def test_what_is_no_rule_does_something():
    """Else it has no place in the list."""
    others = [
        PLATFORM / room / f"{name}.py"
        for room, names in OTHER_MODULES_WITH_IO.items()
        for name in names.split()
    ]

    assert [path for path in others if not {*imported(path)} & DOING] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_the_map_has_every_folder_of_a_package(package):
    shown = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Directions")[0]
    folders = {path.parent for path in (PACKAGES[package] / package).glob("*/__init__.py")}
    folders |= {
        path.parent
        for top in {PLATFORM, PLATFORM.parent / "kit"} & folders
        for path in top.glob("*/__init__.py")
    }

    assert [folder.name for folder in sorted(folders) if f"{folder.name}/" not in shown] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_folder_has_more_than_about_twenty_modules(package):
    folders = {path.parent for path in (PACKAGES[package] / package).rglob("*.py")}
    counts = {folder.name: len({*folder.glob("*.py")} - {folder / "__init__.py"}) for folder in folders}

    assert {name: count for name, count in counts.items() if count > 24} == {}


def test_a_public_class_name_stands_once_and_so_means_one_thing():
    places = defaultdict(list)
    for package in PACKAGES:
        for path, tree in trees_of(package):
            for node in tree.body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    places[node.name].append(place_of(path, package))

    assert places
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


QUOTED = {"args", "description", "doc", "msg", "orig", "problem", "reason", "strerror"}
"""What an error has of words, beside what ``str`` makes of it."""

MAY_QUOTE = {
    "elements_local/stack/importing.py": "the error is that of the user's own module",
    "elements_local/stack/failures/failure_report.py": "of errors of the harness alone",
    "elements_local/commands/tenant_replay/replays.py": "what a foreign tenant answered so that a scenario failed",
}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_sentence_quotes_the_words_of_a_librarys_error(package):
    quoting = {
        place_of(path, package)
        for path, tree in trees_of(package)
        for handler in ast.walk(tree)
        if isinstance(handler, ast.ExceptHandler) and handler.name and not is_ours(handler.type)
        if any(quotes(node, handler.name) for body in handler.body for node in ast.walk(body))
    }

    assert quoting <= MAY_QUOTE.keys()


@cache
def own_classes():
    return {
        node.name
        for package in PACKAGES
        for _, tree in trees_of(package)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }


def is_ours(caught):
    kinds = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return all(kind is not None and ast.unparse(kind).rpartition(".")[2] in own_classes() for kind in kinds)


def quotes(node, error):
    """Whether the words of an error stand in a text: by themselves, or as what ``str`` or ``repr`` makes of it."""
    match node:
        case ast.FormattedValue(value=ast.Name(id=name)) if name == error:
            return True
        case ast.FormattedValue(value=ast.Attribute(value=ast.Name(id=name), attr=attribute)) if (
            name == error
        ):
            return attribute in QUOTED
        case ast.Call(func=ast.Name(id="str" | "repr"), args=[ast.Name(id=name)]):
            return name == error
        case _:
            return False


ACROSS_WORKSPACES = {
    "callback_sink/app.py": "metrics",
    "callback_sink/store.py": "the door",
    "callback_sink/usage.py": "metrics",
    "mock_insightly/account/grants.py": "a code says whose it is",
    "elements_local/kit/traffic/fault_book.py": "all rules are read at a start",
    "elements_local/kit/shared/processes.py": "the processes of a stack",
    "elements_local/kit/shared/shared_workspaces.py": "the workspaces themselves",
    "elements_local/kit/workspaces/registry.py": "the workspaces themselves",
    "elements_local/platform/core/callers.py": "signing in",
    "elements_local/platform/inbound/service.py": "what a provider sends names no workspace",
    "elements_local/platform/instances/store.py": "what a provider sends names no workspace",
    "elements_local/platform/shared/job_queue.py": "the queue of all due jobs",
    "elements_local/platform/shared/worker.py": "the queue of all due jobs",
    "elements_local/stack/storage.py": "beginning anew",
}
"""Who reads or writes rows of every workspace, or statements that are bound to none, and what for."""

_DOORS = {"autocommit_read", "reading", "writing"}


def test_only_these_reach_the_rows_of_every_workspace():
    found = {
        place_of(path, package)
        for package in PACKAGES
        for path, tree in trees_of(package)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id in {"AcrossWorkspaces", "Prepared"})
        or (isinstance(node, ast.Attribute) and _opens(node))
    }

    assert {
        place for place in found if not place.startswith("elements_local/kit/storage/")
    } == ACROSS_WORKSPACES.keys()


def _opens(node):
    """Say whether a database, or what stands for it, is asked for more than one workspace's rows."""
    if node.attr in {"across", "read_across"}:
        return True
    return node.attr in _DOORS and ast.unparse(node.value).rpartition(".")[2].endswith("database")


def test_only_the_queue_names_tables_and_functions_of_procrastinate():
    named = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "platform").rglob("*.*")
        if path.suffix in {".py", ".sql"} and "procrastinate_" in path.read_text("utf-8")
    }

    shared = "platform/elements_local/platform/shared"
    assert named == {f"{shared}/job_queue.py", f"{shared}/job_queue.sql"}


WRITES = {"write_text", "write_bytes", "open", "fdopen", "mkstemp", "copyfile"}
"""What a module calls that writes to a file."""

WRITING = {
    "stack/output_files.py",
    "kit/files.py",  # reads
    "kit/storage/data_directory.py",  # notes in it which process has a database
    "certify/poller/trial.py",  # makes a temporary folder for the poller's state
    "stack/proxy/mitmdump.py",  # the log of a program of its own, in a temporary folder
    "stack/proxy/addon.py",  # the hosts that it refused, there
    "stack/proxy/trust.py",  # what the user's program trusts, there
}


def test_what_commands_write_for_users_is_written_in_one_way():
    calls = {
        (place_of(path, "elements_local"), getattr(node.func, "attr", getattr(node.func, "id", "")))
        for path, tree in trees_of("elements_local")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }

    writing = {place.removeprefix("elements_local/") for place, name in calls if name in WRITES}
    assert writing == WRITING, "write it by an OutputFile"
