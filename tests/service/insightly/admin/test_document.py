"""The CRM's OpenAPI document: valid, complete, and true of what is really taken and given."""

import re

import pytest
from examples import drawn
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from elements_local.kit.api.json_text import decode
from mock_insightly.routes.api import OPERATIONS
from mock_insightly.versions.known import VERSIONS
from mock_insightly.versions.version import record_targets

METHODS = ("post", "get", "put", "delete")
JSON = "application/json"
NAMES = [*VERSIONS]
VARIABLE = re.compile(r"\{(\w+)\}")


class Document:
    """The document, and the schemas in it."""

    def __init__(self, said):
        self.said = said
        self.schemas = said["components"]["schemas"]

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

    def sample(self, schema, *, full):  # noqa: PLR0911 - a case for each type
        """Return a value that fits: with everything that it may hold, or with what it must."""
        if "allOf" in schema:
            parts = [self.sample(part, full=full) for part in schema["allOf"]]
            return {key: value for part in parts for key, value in part.items()}
        if "anyOf" in schema and "properties" not in schema:
            return self.sample(schema["anyOf"][0], full=full)
        schema = self.resolved(schema)
        fixed = schema.get("examples", []) + schema.get("enum", [])
        kinds = schema.get("type", "string")
        match kinds if isinstance(kinds, str) else kinds[0]:
            case "object":
                named = schema.get("properties", {})
                least = (*schema.get("required", ()), *schema.get("else", {}).get("required", ()))
                wanted = named if full else least
                return {name: self.sample(named[name], full=full) for name in wanted}
            case "array":
                return [self.sample(schema["items"], full=full)] if full else []
            case "string" if not fixed:
                return "text"
            case "integer" | "number":
                return 7
            case "boolean":
                return True
            case _:
                return fixed[0]


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


def without_references(body):
    """Take out of a body what would have to name other records, or be one of few."""
    places = ("OPPORTUNITY_ID", "MILESTONE_ID", "STAGE_ID") if "TASKLINKS" in body else ()
    out = ("LINKS", "TEAMMEMBERS", "ANONYMOUS_TEAM", *places)
    kept = {key: value for key, value in body.items() if not key.endswith(out)}
    return {key: [] if key == "CUSTOMFIELDS" else value for key, value in kept.items()}


def dated_alike(body):
    """Write all dates of a body with a T, if one is."""
    if not any(isinstance(value, str) and value.startswith("2026-03-02T") for value in body.values()):
        return body
    return {
        key: value.replace("2026-03-02 ", "2026-03-02T") if isinstance(value, str) else value
        for key, value in body.items()
    }


def test_the_document_is_a_valid_one(document):
    """What it says of one version, in a check; the others are made alike."""
    left_out = tuple({*NAMES} - {*drawn(NAMES, share=len(NAMES))})
    paths = {path: item for path, item in document.said["paths"].items() if not path[1:].startswith(left_out)}
    schemas = {name: one for name, one in document.schemas.items() if not name.startswith(left_out)}
    components = {**document.said["components"], "schemas": schemas}

    assert len(paths) > 50
    OpenAPIV31SpecValidator({**document.said, "paths": paths, "components": components}).validate()


def test_admin_routes_and_their_errors_stand_beside_the_api(document):
    paths = document.said["paths"]

    assert {"/_local/changes", "/_local/seed", "/_local/reset"} <= {*paths}
    assert paths["/_local/seed"]["post"]["operationId"] == "crm.seed"
    refused = paths["/_local/seed"]["post"]["responses"]["400"]["content"][JSON]["schema"]
    assert [*document.resolved(refused)["properties"]] == ["message"]
    assert [*document.schemas["Problem"]["properties"]] == ["Message"]


@pytest.mark.parametrize(("path", "method"), [("authorize", "get"), ("authorize", "post"), ("token", "post")])
def test_errors_of_the_consent_page_are_told_as_the_api_tells_them(document, path, method):
    refused = document.said["paths"][f"/oauth/{path}"][method]["responses"]["400"]["content"][JSON]["schema"]

    assert [*document.resolved(refused)["properties"]] == ["Message"]


def test_operations_have_names_of_their_own(document):
    ids = [said["operationId"] for v in NAMES for _, _, said in document.operations(v)]

    assert len(ids) == len({*ids})
    assert {f"{v}.Contacts.{verb}" for v in NAMES for verb in ("index", "create", "update")} <= {*ids}


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
            declared = {operation.method for place in places for operation, _ in OPERATIONS[place]}
            assert {method for _, at in places for method in target.methods(at)} <= declared, target


def test_custom_objects_are_those_of_the_settings(configured):
    document = Document(configured(custom_objects="Berry__c").shown("/_local/openapi.json"))

    assert "/v3.1/Berry__c" in document.said["paths"]
    assert "/v3.1/Fruit__c" not in document.said["paths"]


class TestWhatIsGiven:
    """Real answers fit the schemas."""

    def check(self, document, crm, version, method, path, operation, body=None):
        reply = crm.send(method, f"/{version}/{path}", json=body)
        said = operation["responses"].get(str(reply.status))
        assert said is not None, f"{method} {path}: {reply.status} {reply.body}"
        said = document.resolved(said)
        for name, header in said.get("headers", {}).items():
            assert name in reply.headers or not document.resolved(header).get("required"), f"{path}: {name}"
        if JSON in said.get("content", {}) and "json" in reply.headers.get("Content-Type", ""):
            value = decode(reply.body)
            assert document.errors(said["content"][JSON]["schema"], value) == [], f"{method} {path}"
            return reply.status, value
        assert "content" in said or reply.body == b"", f"{method} {path}"
        return reply.status, None

    def test_every_resource_of_every_version(self, document, crm, version):
        """Create one of each with all that it takes, then ask for everything that can be asked for."""
        crm.seed(3)
        at = crm.at(version)
        ids = {"object_name": "Contacts"}
        for method, path, operation in document.operations(version):
            if method == "GET" and not VARIABLE.search(path):
                for query in ("", "?brief=true&count_total=true"):
                    self.check(document, at, version, method, path + query, operation)
        for path, schema in created_with(document, version):
            body = without_references(document.sample(schema, full=True))
            operation = document.said["paths"][f"/{version}/{path}"]["post"]
            status, made = self.check(document, at, version, "POST", path, operation, body)
            assert status == 201, f"{path}: {made}"
            (variable, place), *_ = operation["responses"]["201"]["links"]["update_one"]["parameters"].items()
            ids[path] = {variable: made[place.rpartition("/")[2]]}
        for method, path, operation in document.operations(version):
            variables = VARIABLE.findall(path)
            known = {**dict.fromkeys(variables, "5"), **ids.get(path.partition("/")[0], {})}
            if variables and operation["operationId"].rpartition(".")[2] not in {"delete", "stop", "leave"}:
                taken = operation.get("requestBody", {}).get("content", {}).get(JSON)
                body = document.sample(taken["schema"], full=False) if taken else None
                self.check(document, at, version, method, path.format(**known), operation, body)

    def test_keys_stand_in_the_order_of_the_wire(self, document, at, version):
        for path, schema in created_with(document, version):
            made = at.create(path, **without_references(document.sample(schema, full=False)))
            operation = document.said["paths"][f"/{version}/{path}"]["post"]
            shown = document.resolved(operation["responses"]["201"]["content"][JSON]["schema"])
            assert [*made] == [*shown["properties"]], path


class TestWhatIsTaken:
    """Bodies are refused for what their schemas say, and for nothing else."""

    def test_what_is_required_is_demanded_and_nothing_else(self, document, at, version):
        for path, schema in created_with(document, version):
            least = document.sample(schema, full=False)
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
            body = {**document.sample(schema, full=False), **dict.fromkeys(read_only, "nonsense")}
            made = at.create(path, **body)
            assert "nonsense" not in made.values(), path

    def test_every_field_refuses_what_it_cannot_hold(self, document, at, version):
        for path, schema in created_with(document, version):
            least = document.sample(schema, full=False)
            for name, said in document.resolved(schema)["properties"].items():
                wrong = [5] if "array" in str(said.get("type")) else {}
                assert document.errors(said, wrong)
                assert name in at.refused(400, "POST", path, json={**least, name: wrong})

    def test_texts_have_the_length_that_they_are_said_to_have(self, document, at, version):
        for path, schema in created_with(document, version):
            least = document.sample(schema, full=False)
            for name, said in document.resolved(schema)["properties"].items():
                longest = said.get("maxLength")
                if longest:
                    assert at.send("POST", path, json={**least, name: "x" * longest}).status == 201
                    assert name in at.refused(400, "POST", path, json={**least, name: "x" * (longest + 1)})

    @pytest.mark.parametrize("version", ["v2.2", "v3.1"])
    def test_every_spelling_that_is_spoken_of_is_read(self, document, at, version):
        for path, schema in created_with(document, version):
            least = document.sample(schema, full=False)
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


@pytest.mark.parametrize("version", NAMES)
def test_errors_come_in_the_media_types_that_the_document_gives_them(crm, document, version):
    caller = crm.at(version)
    contact = caller.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]
    category = caller.create("TaskCategories", CATEGORY_NAME="Mine")["CATEGORY_ID"]
    caller.delete(f"TaskCategories/{category}")
    answered = {
        "Contacts/{contact_id}/Image/{file_name}": caller.send("PUT", f"Contacts/{contact}/Image/x.png"),
        "TaskCategories": caller.send(
            "PUT", "TaskCategories", json={"CATEGORY_ID": category, "CATEGORY_NAME": "x"}
        ),
        "Contacts": caller.send("PUT", "Contacts", json={"CONTACT_ID": 1, "FIRST_NAME": "x"}),
    }

    for path, reply in answered.items():
        said = document.said["paths"][f"/{version}/{path}"]["put"]["responses"][str(reply.status)]
        media = reply.headers.get("Content-Type", "").partition(";")[0]
        assert reply.status in {404, 409, 417}
        assert (media in document.resolved(said)["content"]) if media else "content" not in said
