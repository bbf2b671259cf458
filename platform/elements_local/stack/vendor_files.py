"""Vendor files: found by their names or paths, read, checked, and made connectors; all that is wrong is said with its line."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

import msgspec

from elements_local.clients.errors import OptionError
from elements_local.kit.api.mismatch import first_mismatch
from elements_local.kit.api.shape_words import schemas_of
from elements_local.kit.files import read_file
from elements_local.kit.os_errors import os_reason
from elements_local.kit.web.origins import USUAL_PORTS
from elements_local.platform.elements.catalogue import Catalogue
from elements_local.platform.elements.catalogue import shipped as connectors_shipped
from elements_local.platform.elements.vendor_file import (
    HOOK_ARGUMENTS,
    FileConnector,
    FileHooks,
    VendorFile,
    guarded,
    takes_arguments,
)
from elements_local.stack.importing import NotImportedError, imported
from elements_local.stack.options import USUAL_URLS
from elements_local.stack.shape_errors import Path as PathIn
from elements_local.stack.shape_errors import shape_mistakes, unknown
from elements_local.stack.vendor_checks import Objection, objections
from elements_local.stack.yaml_text import Document, SourcePosition, YamlError, read_documents

T = TypeVar("T")

SHIPPED = Path(__file__).parents[1] / "platform" / "elements" / "vendors"
_TOP = SourcePosition(1, 1)
_LARGEST = 2**20
_INSIGHTLYS = re.compile(r"https?://(?:[\w-]+\.)*(?:insightly\.com|insight\.ly)(?::\d+)?")
_REF = "#/$defs/{name}"


class VendorFileError(OptionError):
    """A vendor file cannot be used.

    Attributes:
        mistakes: each with file, line and column.
    """

    def __init__(self, path: Path, mistakes: Iterable[tuple[SourcePosition, str]]) -> None:
        self.mistakes = [
            f"{path}:{place.line}:{place.column}: {reason}" for place, reason in sorted(mistakes)
        ]
        super().__init__("\n".join(self.mistakes))


def shipped() -> dict[str, Path]:
    """Return the vendor files that are shipped, by their names."""
    return {path.stem: path for path in sorted(SHIPPED.glob("*.yaml"))}


def connectors_of_files(named: Iterable[str], own_names: frozenset[str]) -> Iterator[FileConnector]:
    """Yield the connectors of vendor files, each of which is named by its path, or by its name if it is shipped.

    Args:
        own_names: by which the stack is called; no vendor has one of them.

    Raises:
        VendorFileError: a file cannot be used.
        OptionError: there is none.
    """
    for name in named:
        yield connector_of(path_of(name), own_names)


def path_of(name: str) -> Path:
    """Return where a vendor file is.

    Raises:
        OptionError: nothing of the name is shipped.
    """
    if name.endswith((".yaml", ".yml")) or "/" in name or "\\" in name:
        return Path(name)
    files = shipped()
    if name not in files:
        raise OptionError(
            f"{unknown('vendor', name, files)}; a file of your own is named by its path, such as ./{name}.yaml"
        )
    return files[name]


def connector_of(
    path: Path, own_names: frozenset[str] = frozenset(), *, within: timedelta = timedelta(seconds=10)
) -> FileConnector:
    """Return the connector of a file: what ``up`` plays, and ``vendor check`` looks at.

    Args:
        own_names: by which the stack is called, besides those of loopback.
        within: how long it may take.

    Raises:
        VendorFileError: it cannot be read, something in it is wrong, or that cannot be found out in time.
    """
    return in_time(path, partial(_checked, path, own_names), within=within)


def in_time(path: Path, work: Callable[[], T], *, within: timedelta = timedelta(seconds=10)) -> T:
    """Return what checking a file comes to; its hooks, and methods of Faker, may take any time.

    Raises:
        VendorFileError: it takes longer.
    """
    outcome: Future[T] = Future()

    def check() -> None:
        try:
            outcome.set_result(work())
        # what ends the import of a hook, even SystemExit, is raised where the file is wanted
        except BaseException as error:  # noqa: BLE001
            outcome.set_exception(error)

    # ends with the process if nothing else ends it
    Thread(target=check, name=f"check {path}", daemon=True).start()
    try:
        return outcome.result(within.total_seconds())
    except TimeoutError as error:
        reason = f"it takes longer than {within.total_seconds():g} s to check"
        raise VendorFileError(path, [(_TOP, reason)]) from error


def _checked(path: Path, own_names: frozenset[str]) -> FileConnector:
    document = _document(path)
    shape = shape_mistakes(document.value, VendorFile)
    found = shape.found
    if first_mismatch(shape.fitting, VendorFile):  # there are more than are looked for
        raise _error(path, document, found)
    file = msgspec.convert(shape.fitting, VendorFile)
    hooks, unfound = _hooks(path, file)
    meant = [*objections(file, own_names), *_taken(file), *unfound]
    found += [each for each in meant if not _follows(each, shape.replaced)]
    if found:
        raise _error(path, document, found)
    return FileConnector(file, hooks)


def _error(path: Path, document: Document, found: Iterable[Objection]) -> VendorFileError:
    return VendorFileError(
        path, [(document.place(*where), _labelled(where, reason)) for where, reason in found]
    )


def _follows(mistake: Objection, replaced: set[PathIn]) -> bool:
    """Say whether a mistake may only follow from what stands in the place of something that does not fit."""
    where, reason = mistake
    return any(
        where[: len(each)] == each
        or each[: len(where)] == where
        or (len(each) < 3 and where[:1] == each[:1] != ("resources",))  # a call's parts are judged together
        or (each[0] in {"resources", "record"} and len(each) < 4 and reason.startswith("unknown field"))
        for each in replaced
    )


def taken_names() -> set[str]:
    """Return what no vendor of a file can be called."""
    return {*USUAL_URLS, "version", *(each.key for each in Catalogue(connectors_shipped()).elements)}


def _taken(file: VendorFile) -> Iterator[Objection]:
    """Yield what a stack, or a vendor that is shipped, has already."""
    if file.vendor in taken_names():
        yield ("vendor",), f"the stack calls something of its own {file.vendor}; give the vendor another name"
    for each in Catalogue(connectors_shipped()).elements:
        if file.number == each.id:
            yield ("number",), f"the element {each.key} has this number; choose another, or leave it out"
    origin = file.origin.lower()
    origin = origin.removesuffix(f":{USUAL_PORTS.get(origin.partition(':')[0])}").rstrip(".")
    line = re.compile(rf"^origin: {re.escape(origin)}$", re.MULTILINE)
    owners = [name for name, path in shipped().items() if line.search(path.read_text("utf-8"))]
    owners += ["insightly"] if _INSIGHTLYS.fullmatch(origin) else []
    for owner in owners:
        if owner != file.vendor:
            yield ("origin",), f"the vendor {owner}, which is shipped, has this origin"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a vendor file."""
    (root,), definitions = schemas_of([VendorFile], reference=_REF)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **definitions.pop(root["$ref"].rpartition("/")[2]),
        "title": "A vendor file of elements-local",
        "$defs": definitions,
    }


def _document(path: Path) -> Document:
    try:
        content = read_file(path)
        if len(content) > _LARGEST:
            raise VendorFileError(path, [(_TOP, "a vendor file has at most 1 MiB")])
        documents = read_documents(content.decode("utf-8"))
    except OSError as error:
        raise VendorFileError(path, [(_TOP, f"the file cannot be read: {os_reason(error)}")]) from error
    except UnicodeDecodeError as error:
        raise VendorFileError(path, [(_TOP, "the file is not UTF-8; save it as UTF-8")]) from error
    except YamlError as error:
        raise VendorFileError(path, [(error.place, str(error))]) from error
    if len(documents) != 1:
        raise VendorFileError(path, [(_TOP, f"a vendor file is one document; got {len(documents)}")])
    return documents[0]


def _hooks(path: Path, file: VendorFile) -> tuple[FileHooks, list[Objection]]:
    """Return the functions that a file names, and what is wrong with those that are not there."""
    found: dict[str, Callable[..., Any]] = {}
    mistakes = list[Objection]()
    for name, text in msgspec.structs.asdict(file.hooks).items():
        if text is None:
            continue
        # a hook stands beside its file, or where the command runs
        sys.path[:0] = [
            each for each in (str(path.parent.resolve()), str(Path.cwd())) if each not in sys.path
        ]
        module, _, attribute = text.partition(":")
        try:
            hook = imported(module, attribute, whose="the hook's")
        except NotImportedError as error:
            mistakes.append((("hooks", name), str(error)))
            continue
        if not callable(hook):
            mistakes.append((("hooks", name), f"{text} is no function"))
        elif not takes_arguments(name, hook):
            count = HOOK_ARGUMENTS[name]
            mistakes.append((("hooks", name), f"{text} takes other arguments: it is called with {count}"))
        else:
            found[name] = guarded(hook, text)
    return FileHooks(**found), mistakes


def _labelled(where: tuple[str | int, ...], reason: str) -> str:
    return f"{'.'.join(map(str, where))}: {reason}" if where else reason
