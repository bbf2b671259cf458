"""Every word of the schema of vendor files is used by a file that is shipped: what nobody has written down as an example is deleted."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from elements_local.commands.vendor import STARTER, STARTERS
from elements_local.stack.vendor_files import shipped
from elements_local.stack.yaml_text import read_documents

PACKAGE = Path(__file__).parents[3] / "platform" / "elements_local"
SCHEMA = json.loads((PACKAGE / "vendor.schema.json").read_text("utf-8"))
FILES = [*shipped().values(), STARTER, *STARTERS.values()]
OF_CALLS = {"method", "path", "parameters", "body", "status", "answer", "headers", "request_headers"}
"""What all calls have: a word once, in whichever of them it stands."""


def alternatives(schema) -> Iterator[dict]:
    """Yield what a value can be, each a definition or a plain type."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        yield from alternatives(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
    elif "anyOf" in schema:
        for each in schema["anyOf"]:
            yield from alternatives(each)
    else:
        yield schema


def word(shape, key, value=None) -> str:
    """Return the name of a key of a definition, or of one of the values that it can have."""
    of = shape["title"]
    if key in OF_CALLS and {"method", "path", "answer"} <= shape["properties"].keys():
        of = "calls"
    if of == "VendorItemField":  # has nothing that others have not
        of = "VendorField"
    return f"{of}.{key}" if value is None else f"{of}.{key}: {value}"


def values_of(schema) -> Iterator[str]:
    """Yield the values that a key can have, if they are listed; of a list, those that each entry can have."""
    for one in alternatives(schema):
        yield from (each for each in one.get("enum", []) if each is not None)
        if "items" in one:
            yield from values_of(one["items"])


def words() -> set[str]:
    shapes = [SCHEMA, *SCHEMA["$defs"].values()]
    pairs = [(shape, key, of) for shape in shapes for key, of in shape.get("properties", {}).items()]
    return {word(shape, key, value) for shape, key, of in pairs for value in (None, *values_of(of))}


def used(schema, value) -> Iterator[str]:
    """Yield the words of a value; one that a default stands for is used by what leaves it out."""
    for one in alternatives(schema):
        more = one.get("additionalProperties")
        if isinstance(value, dict) and "properties" in one:
            for key, of in one["properties"].items():
                yield from used_key(one, key, of, value)
        elif isinstance(value, dict | list):
            inner = more if isinstance(value, dict) else one.get("items", {})
            for each in value.values() if isinstance(value, dict) else value:
                yield from used(inner, each)


def used_key(shape, key, of, value) -> Iterator[str]:
    """Yield the words of a key of a value, and of what it has."""
    if key in value:
        yield word(shape, key)
    found = value.get(key, of.get("default"))
    given, listed = found if isinstance(found, list) else [found], [*values_of(of)]
    yield from (word(shape, key, each) for each in given if each in listed)
    yield from used(of, found)


@pytest.fixture(scope="module")
def every_use() -> set[str]:
    documents = [read_documents(path.read_text("utf-8"))[0].value for path in FILES]
    return {name for each in documents for name in used(SCHEMA, each)}


def test_every_word_is_used_by_a_file_that_is_shipped(every_use):
    assert len(words()) > 250
    assert sorted(words() - every_use) == []


def test_a_word_that_no_file_uses_would_be_found(every_use):
    assert "HookNames.made_up" not in every_use
    assert {"VendorLimit.costs", "VendorOAuth2.rotation: end", "VendorPaging.by: link"} <= words()
