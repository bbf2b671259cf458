"""The Swagger 2.0 documents of instances, elements and hubs."""

import pytest
from openapi_spec_validator import OpenAPIV2SpecValidator

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode

VERBS = {"get": "GET", "post": "POST", "put": "PUT", "patch": "PATCH", "delete": "DELETE"}


@pytest.fixture
def docs(instances, instance):
    """Call the documents of an instance."""
    return lambda path="": instances("GET", f"/{instance['id']}/docs{path}")


def valid(reply):
    assert reply.status == 200, reply.body
    whole = decode(reply.body)
    assert [str(error) for error in OpenAPIV2SpecValidator(whole).iter_errors()] == []
    return whole


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?basic=true",
        "?resolveReferences=true",
        "?discovery=true",
        "?version=-1",
        "?discovery=true&basic=true",
    ],
)
def test_an_instances_document_is_valid(docs, query):
    whole = valid(docs(query))

    assert {"/contacts", "/contacts/{id}", "/accounts", "/{objectName}"} <= set(whole["paths"])
    assert ("$ref" in str(whole)) is ("resolveReferences" not in query)


def test_a_document_is_about_the_instance_and_where_it_is_reached(docs):
    whole = valid(docs())

    assert whole["info"]["title"] == "My Insightly"
    assert (whole["info"]["x-element-key"], whole["info"]["x-element-hub"]) == ("insightly", "crm")
    assert (whole["host"], whole["basePath"], whole["schemes"]) == ("127.0.0.1:4700", BASE_PATH, ["http"])


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://api.example.com", ("api.example.com", BASE_PATH, ["https"])),
        ("https://api.example.com:8443/x/", ("api.example.com:8443", "/x", ["https"])),
    ],
)
def test_a_base_url_says_where_else_it_is_reached(docs, url, place):
    whole = valid(docs(f"?baseUrl={url}"))

    assert (whole["host"], whole["basePath"], whole["schemes"]) == place


@pytest.mark.parametrize("url", ["api.example.com", "ftp://x", "http://", "http://[half", "%00"])
def test_what_is_no_base_url_is_refused(docs, refused, url):
    assert refused(docs(f"?baseUrl={url}"), 400).startswith("baseUrl must be a URL such as https://")


@pytest.mark.parametrize("query", ["?basic=maybe", "?discovery=", "?resolveReferences=1.5"])
def test_what_is_no_flag_is_refused(docs, refused, query):
    assert "must be true or false" in refused(docs(query), 400)


def test_every_call_that_is_described_is_one_that_the_instance_answers(clients, docs, hub):
    record = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    paths = valid(docs())["paths"]

    answered = {
        (path, method): hub.send(
            VERBS[method],
            path.format(
                id=record["CONTACT_ID"],
                objectName="contacts",
                objectId=record["CONTACT_ID"],
                childObjectName="notes",
                childObjectId=1,
            ),
            **({"json": {}} if method in {"post", "put", "patch"} else {}),
        ).status
        for path, item in paths.items()
        for method in item
        if method != "delete"
    }

    assert 405 not in answered.values()
    assert {status for (_, method), status in answered.items() if method != "get"} <= {400, 404}
    assert {answered["/contacts", "get"], answered["/contacts/{id}", "get"], answered["/me", "get"]} == {200}


def test_the_fields_of_a_record_are_in_its_definition(clients, docs, hub):
    record = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    shown = decode(hub.send("GET", f"/contacts/{record['CONTACT_ID']}").body)

    assert set(shown) <= set(valid(docs())["definitions"]["contacts"]["properties"])


def test_one_call_is_described_alone(docs):
    alone = valid(docs("/getContactById"))

    assert {path: list(item) for path, item in alone["paths"].items()} == {"/contacts/{id}": ["get"]}
    assert sorted(alone["definitions"]) == ["Problem", "contacts"]


@pytest.mark.parametrize("older", ["GET-contacts-id", "GET-objects-objectName-metadata"])
def test_one_call_is_described_by_its_older_id_too(docs, older):
    assert len(valid(docs(f"/{older}"))["paths"]) == 1


@pytest.mark.parametrize(
    "path", ["/objects/contacts/docs", "/objects/contacts/docs?discovery=true&basic=true"]
)
def test_one_object_is_described_through_the_hub(hub, path):
    whole = valid(hub.send("GET", path))

    assert list(whole["paths"]) == ["/contacts", "/contacts/{id}"]
    assert whole["tags"]


def test_an_object_that_is_not_there_is_not_described(hub, refused):
    assert refused(hub.send("GET", "/objects/nothing/docs"), 404) == "No object found with name nothing"


@pytest.mark.parametrize(("version", "status"), [("-1", 200), ("api-v2", 200), ("", 200), ("7", 404)])
def test_a_version_is_the_latest_or_the_only_one(docs, version, status):
    assert docs(f"?version={version}").status == status


def test_its_definitions_are_shown_alone(docs):
    whole = valid(docs())

    definitions = decode(docs("/getContactById/definitions").body)
    resolved = decode(docs("/getObjectsObjectNameMetadata/definitions?resolveReferences=true").body)

    assert definitions == {name: whole["definitions"][name] for name in ("Problem", "contacts")}
    assert "$ref" not in str(resolved)


@pytest.mark.parametrize("operation", ["nothing", "getcontacts", "%00", "9" * 1000])
@pytest.mark.parametrize("below", ["", "/definitions"])
def test_an_operation_that_is_not_there_is_not_found(docs, refused, operation, below):
    assert refused(docs(f"/{operation}{below}"), 404).startswith("No operation found with ID ")


def test_a_disabled_instance_is_described_too(instances, instance, docs):
    instances("DELETE", f"/{instance['id']}/enabled")

    valid(docs())


def test_the_token_selects_an_instance(clients, instance, docs):
    header = {"Authorization": f"{clients.platform.headers['Authorization']}, Element {instance['token']}"}

    for path in ("", "/getContacts", "/getContacts/definitions"):
        by_token = clients.platform.send("GET", f"{BASE_PATH}/instances/docs{path}", headers=header)
        assert decode(by_token.body) == decode(docs(path).body)


@pytest.mark.parametrize("path", ["/instances/docs", "/instances/docs/getContacts", "/instances/1/docs"])
def test_an_instances_document_is_for_its_users(stranger, refused, path):
    refused(stranger.send("GET", BASE_PATH + path), 401)


def test_fields_are_discovered_only_if_that_is_asked_for(clients, docs, refused):
    clients.crm.script_faults([{"effect": {"drop": True}}])

    valid(docs())
    refused(docs("?discovery=true"), 502)


@pytest.mark.parametrize("element", ["insightly", "5993"])
def test_an_element_is_described_to_everyone(stranger, element):
    whole = valid(stranger.send("GET", f"{BASE_PATH}/elements/{element}/docs"))
    alone = valid(
        stranger.send("GET", f"{BASE_PATH}/elements/{element}/docs?operationId=getAccounts&version=-1")
    )

    assert (whole["info"]["title"], "/accounts" in whole["paths"]) == ("Insightly", True)
    assert list(alone["paths"]) == ["/accounts"]


def test_a_hub_is_described_to_everyone(stranger):
    whole = valid(stranger.send("GET", f"{BASE_PATH}/docs/crm?baseUrl=https://example.com"))

    assert (whole["host"], "/accounts" in whole["paths"]) == ("example.com", True)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/docs/documents", "No hub found with key documents"),
        ("/docs/%00", "No hub found with key "),
        ("/elements/hubspot/docs", "No element found with key hubspot"),
        ("/elements/insightly/docs?operationId=x", "No operation found with ID x"),
    ],
)
def test_what_is_not_there_is_not_described(stranger, refused, path, words):
    assert refused(stranger.send("GET", BASE_PATH + path), 404).startswith(words)


@pytest.fixture
def mapped(instances, instance):
    """Let an instance call contacts people, and their first names otherwise."""
    path = f"/{instance['id']}"
    fields = {"fields": [{"path": "name.first", "type": "string"}]}
    instances("POST", f"{path}/objects/people/definitions", json=fields)
    return instances(
        "POST",
        f"{path}/transformations/people",
        json={"vendorName": "contacts", "fields": [{"path": "name.first", "vendorPath": "FIRST_NAME"}]},
    )


@pytest.mark.parametrize("query", ["", "?discovery=true"])
def test_a_mapped_object_is_described_by_its_own_names(docs, mapped, query):
    assert mapped.status == 200

    whole = valid(docs(query))

    shown = whole["definitions"]["people"]["properties"]
    assert {"/people", "/people/{objectId}", "/contacts"} <= set(whole["paths"])
    assert shown["name"] == {"type": "object", "properties": {"first": {"type": "string"}}}
    assert "FIRST_NAME" not in shown
    assert {"LAST_NAME", "CONTACT_ID"} <= set(shown)
    assert "FIRST_NAME" in whole["definitions"]["contacts"]["properties"]


@pytest.mark.usefixtures("mapped")
def test_an_instance_shows_what_it_maps_as_long_as_it_does(instances, instance):
    path = f"/{instance['id']}"

    shown = decode(instances("GET", path).body)
    instances("DELETE", f"{path}/transformations/people")

    assert shown == {**instance, "transformationData": [{"objectName": "people", "vendorName": "contacts"}]}
    assert decode(instances("GET", path).body) == instance
