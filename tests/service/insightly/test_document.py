"""The CRM's OpenAPI document: it has every route and method, and bodies are refused for what it says, and for nothing else."""

import re

import pytest
from jsonschema import Draft202012Validator

from mock_insightly.routes.api import OPERATIONS
from mock_insightly.versions.known import VERSIONS
from mock_insightly.versions.shape import Shape
from mock_insightly.versions.sub_resources import SubResource
from mock_insightly.versions.version import record_targets

METHODS = ("post", "get", "put", "delete")
JSON = "application/json"
NAMES = [*VERSIONS]
VARIABLE = re.compile(r"\{(\w+)\}")


class Document:
    """The document, and the schemas in it."""

    def __init__(self, said):
        self.said = said

    def operations(self, version):
        """Yield method, path without the version, and operation."""
        for path, item in self.said["paths"].items():
            for method in METHODS:
                if path.startswith(f"/{version}/") and method in item:
                    yield method.upper(), path.removeprefix(f"/{version}/"), item[method]

    def resolved(self, said):
        """Follow a reference."""
        while "$ref" in said:
            section, name = said["$ref"].removeprefix("#/components/").split("/")
            said = self.said["components"][section][name]
        return said

    def errors(self, schema, value):
        """Return what does not fit."""
        whole = {**schema, "components": self.said["components"]}
        return [
            f"{error.json_path}: {error.message}" for error in Draft202012Validator(whole).iter_errors(value)
        ]

    def least(self, schema):
        """Return a value that fits, with what it must have."""
        if "allOf" in schema:
            return {key: value for part in schema["allOf"] for key, value in self.least(part).items()}
        if "anyOf" in schema and "properties" not in schema:
            return self.least(schema["anyOf"][0])
        schema = self.resolved(schema)
        fixed = schema.get("examples", []) + schema.get("enum", [])
        kinds = schema.get("type", "string")
        kind = kinds if isinstance(kinds, str) else kinds[0]
        if kind == "object":
            required = (*schema.get("required", ()), *schema.get("else", {}).get("required", ()))
            return {name: self.least(schema["properties"][name]) for name in required}
        plain = {"array": [], "integer": 7, "number": 7, "boolean": True}
        return plain[kind] if kind in plain else (fixed or ["text"])[0]


@pytest.fixture(scope="module")
def document(opened):
    with opened(name="document", seed=7) as crm:
        return Document(crm.shown("/_local/openapi.json"))


@pytest.fixture(params=NAMES)
def version(request):
    return request.param


@pytest.fixture
def at(crm, version):
    crm.seed(3)
    return crm.at(version)


def created_with(document, version):
    """Yield each resource in which records are created, and the schema of a new one."""
    for method, path, operation in document.operations(version):
        if (
            method == "POST"
            and operation["operationId"] == f"{version}.{path}.create"
            and path != "TeamMembers"
        ):
            yield path, operation["requestBody"]["content"][JSON]["schema"]


def dated_alike(body):
    """Write all dates of a body with a T, if one is."""
    if not any(isinstance(value, str) and value.startswith("2026-03-02T") for value in body.values()):
        return body
    return {
        key: value.replace("2026-03-02 ", "2026-03-02T") if isinstance(value, str) else value
        for key, value in body.items()
    }


@pytest.fixture(scope="module")
def suffixes(document):
    """The paths of all versions, without the version."""
    return sorted({path.split("/", 2)[2] for path in document.said["paths"] if path.startswith("/v")})


def test_the_document_speaks_of_the_methods_that_paths_take(document, at, version, suffixes):
    for path in suffixes:
        item = document.said["paths"].get(f"/{version}/{path}")
        if item is None:
            continue
        reply = at.send("OPTIONS", VARIABLE.sub("5", path))
        assert reply.status == 405
        allowed = reply.headers["Allow"].lower().replace(" ", "").split(",")
        assert {*allowed} - {"head"} == {*item} & {*METHODS}, path


def test_what_the_document_does_not_speak_of_is_not_there(document, at, version, suffixes):
    spoken = {VARIABLE.sub("*", path) for path in document.said["paths"]}

    for path in suffixes:
        if VARIABLE.sub("*", f"/{version}/{path}") in spoken:
            continue
        for method in ("GET", "POST", "PUT", "DELETE"):
            assert at.send(method, VARIABLE.sub("5", path), json={}).status in {404, 405}, path


def test_every_literal_route_is_spoken_of(document, crm):
    spoken = {VARIABLE.sub("*", path.split("/", 2)[2]).lower() for path in document.said["paths"]}
    rules = [rule.rule for rule in crm.app.url_map.iter_rules() if rule.rule.startswith("/<any(")]
    literal = [re.sub(r"<[^>]*>", "*", rule).split("/", 2)[2] for rule in rules if "<resource>" not in rule]

    assert literal
    assert not {*literal} - spoken


@pytest.mark.parametrize("version", VERSIONS.values(), ids=NAMES)
def test_every_method_that_the_tables_allow_has_an_operation(version):
    for target in record_targets(version):
        for on_one in (False, True):
            places = [(of, at) for of, at in OPERATIONS if of == target.sort and bool(at) == on_one]
            assert places or not target.methods("{}" if on_one else ""), target
            declared = {operation.method for place in places for operation, _ in OPERATIONS[place]}
            assert {method for _, at in places for method in target.methods(at)} <= declared, target


def test_every_operation_of_records_is_taken_in_some_version():
    targets = [target for version in VERSIONS.values() for target in record_targets(version)]
    of_records = [
        of for of in OPERATIONS if isinstance(of[0], type) and issubclass(of[0], Shape | SubResource)
    ]
    for sort, at in of_records:
        for operation, view in OPERATIONS[sort, at]:
            assert any(operation.is_taken(target) for target in targets if target.sort == sort), view


def test_custom_objects_are_those_of_the_settings(configured):
    document = Document(configured(custom_objects="Berry__c").shown("/_local/openapi.json"))

    assert "/v3.1/Berry__c" in document.said["paths"]
    assert "/v3.1/Fruit__c" not in document.said["paths"]


class TestWhatIsTaken:
    """Bodies are refused for what their schemas say, and for nothing else."""

    def test_what_is_required_is_demanded_and_nothing_else(self, document, at, version):
        for path, schema in created_with(document, version):
            least = document.least(schema)
            assert at.send("POST", path, json=least).status == 201, path
            for name in least:
                less = {key: value for key, value in least.items() if key != name}
                assert name in at.refused(400, "POST", path, json=less)
                assert at.send("POST", path, json={**less, name.lower(): least[name]}).status == 201

    def test_what_is_read_only_is_ignored(self, document, at, version):
        for path, schema in created_with(document, version):
            operation = document.said["paths"][f"/{version}/{path}"]["post"]
            shown = document.resolved(operation["responses"]["201"]["content"][JSON]["schema"])
            read_only = [name for name, said in shown["properties"].items() if said.get("readOnly")]
            assert read_only
            body = {**document.least(schema), **dict.fromkeys(read_only, "nonsense")}
            made = at.create(path, **body)
            assert "nonsense" not in made.values(), path

    def test_every_field_refuses_what_it_cannot_hold(self, document, at, version):
        for path, schema in created_with(document, version):
            least = document.least(schema)
            for name, said in document.resolved(schema)["properties"].items():
                wrong = [5] if "array" in str(said.get("type")) else {}
                assert document.errors(said, wrong)
                assert name in at.refused(400, "POST", path, json={**least, name: wrong})

    def test_texts_have_the_length_that_they_are_said_to_have(self, document, at, version):
        for path, schema in created_with(document, version):
            least = document.least(schema)
            for name, said in document.resolved(schema)["properties"].items():
                longest = said.get("maxLength")
                if longest:
                    assert at.send("POST", path, json={**least, name: "x" * longest}).status == 201
                    assert name in at.refused(400, "POST", path, json={**least, name: "x" * (longest + 1)})

    @pytest.mark.parametrize("version", ["v2.2", "v3.1"])
    def test_every_spelling_that_is_spoken_of_is_read(self, document, at, version):
        for path, schema in created_with(document, version):
            least = document.least(schema)
            for name, said in document.resolved(schema)["properties"].items():
                if name in least:
                    continue
                options = [None, *said.get("enum", [])]
                if "{4}" in said.get("pattern", ""):
                    options += ["", "2026-03-02", "2026-03-02 10:00", "2026-03-02T10:00:00.5+02:00"]
                misplaced = (
                    name in ("MILESTONE_ID", "STAGE_ID")
                    and "TASKLINKS" in document.resolved(schema)["properties"]
                )
                if {"type": "null"} in said.get("anyOf", []) and not misplaced:
                    options += ["7", 7, "+7"]
                for value in options:
                    assert document.errors(said, value) == [], (name, value)
                    body = dated_alike({**least, name: value})
                    if name == "ANONYMOUS_TEAM" and document.errors(schema, body):
                        body["TEAMMEMBERS"] = [{"MEMBER_USER_ID": 7}]
                    reply = at.send("POST", path, json=body)
                    assert reply.status == 201, (path, name, value, reply.body)


@pytest.mark.parametrize("version", NAMES)
def test_what_a_change_needs_is_what_the_document_says_it_needs(crm, document, version):
    """A brief change of v2.2 and v2.3 needs nothing, and no schema can tell it from a whole one."""
    caller = crm.at(version)
    needed = {"v2.2": False, "v2.3": False, "v3.0": True, "v3.1": False}[version]
    made = caller.create("TaskCategories", CATEGORY_NAME="Mine")
    path = f"TaskCategories/{made['CATEGORY_ID']}?brief=true"

    schema = {"$ref": f"#/components/schemas/{version}.TaskCategoryToUpdate"}

    assert bool(document.errors(schema, {"ACTIVE": True})) is needed
    assert (caller.send("PUT", path, json={"ACTIVE": True}).status == 400) is needed
