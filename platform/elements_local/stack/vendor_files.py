"""Vendor files: found by their names or paths, read, checked, and made connectors; all that is wrong is said with its line."""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from elements_local.clients.errors import OptionError
from elements_local.kit.api.shape_words import schemas_of
from elements_local.kit.files import read_file
from elements_local.kit.os_errors import os_reason
from elements_local.platform.elements.vendor_file import FileConnector, FileHooks, VendorFile
from elements_local.stack.importing import NotImportedError, imported
from elements_local.stack.shape_errors import place_and_reason, unknown
from elements_local.stack.vendor_checks import Objection, objections
from elements_local.stack.yaml_text import Document, SourcePosition, YamlError, read_documents

SHIPPED = Path(__file__).parents[1] / "platform" / "elements" / "vendors"
_TOP = SourcePosition(1, 1)
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


def connectors_of_files(named: Iterable[str]) -> Iterator[FileConnector]:
    """Yield the connectors of vendor files, each of which is named by its path, or by its name if it is shipped.

    Raises:
        VendorFileError: a file cannot be used.
        OptionError: there is none.
    """
    for name in named:
        yield connector_of(path_of(name))


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


def connector_of(path: Path) -> FileConnector:
    """Return the connector of a file.

    Raises:
        VendorFileError: it cannot be read, or something in it is wrong.
    """
    document = _document(path)
    file = _converted(path, document)
    mistakes = [(document.place(*where), _labelled(where, reason)) for where, reason in objections(file)]
    hooks, unfound = _hooks(path, file)
    mistakes += [(document.place(*where), _labelled(where, reason)) for where, reason in unfound]
    if mistakes:
        raise VendorFileError(path, mistakes)
    return FileConnector(file, hooks)


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
        documents = read_documents(read_file(path).decode("utf-8"))
    except OSError as error:
        raise VendorFileError(path, [(_TOP, f"the file cannot be read: {os_reason(error)}")]) from error
    except UnicodeDecodeError as error:
        raise VendorFileError(path, [(_TOP, "the file is not UTF-8; save it as UTF-8")]) from error
    except YamlError as error:
        raise VendorFileError(path, [(error.place, str(error))]) from error
    if len(documents) != 1:
        raise VendorFileError(path, [(_TOP, f"a vendor file is one document; got {len(documents)}")])
    return documents[0]


def _converted(path: Path, document: Document) -> VendorFile:
    try:
        return msgspec.convert(document.value, VendorFile)
    except msgspec.ValidationError as error:
        where, reason = place_and_reason(document.value, VendorFile)
        raise VendorFileError(path, [(document.place(*where), _labelled(where, reason))]) from error


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
        else:
            found[name] = hook
    return FileHooks(**found), mistakes


def _labelled(where: tuple[str | int, ...], reason: str) -> str:
    return f"{'.'.join(map(str, where))}: {reason}" if where else reason
