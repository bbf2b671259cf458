"""Who may call what: the Authorization header's pairs, and the 401 that says what is wrong with them."""

import pytest

from elements_local.clients import BASE_PATH
from elements_local.guide import instance_body
from elements_local.kit.api.json_text import decode

USER, ORGANIZATION, ELEMENT = "{user}", "{organization}", "{element}"

REFUSED_FOR_INSTANCES = {
    "no header": (None, "There was no Authorization header"),
    "an empty header": ("", "There was no Authorization header"),
    "no pair at all": ("nonsense", "was garbled"),
    "a scheme without a secret": ("User", "was garbled"),
    "another scheme": ("Basic YTpi", "was garbled"),
    "a blank in a secret": ("User a b", "was garbled"),
    "a comma too many": ("User {user}, Organization {organization},", "was garbled"),
    "a comma in front": (", User {user}, Organization {organization}", "was garbled"),
    "a semicolon for a comma": ("User {user}; Organization {organization}", "was garbled"),
    "User twice": ("User {user}, User {user}, Organization {organization}", "names User twice"),
    "Organization twice": (
        "User {user}, Organization {organization}, organization {organization}",
        "names organization twice",
    ),
    "Element twice": (
        "User {user}, Organization {organization}, Element a, Element a",
        "names Element twice",
    ),
    "an unknown user": ("User bm9ib2R5, Organization {organization}", "User secret is not known"),
    "the organization's secret as user": (
        "User {organization}, Organization {user}",
        "User secret is not known",
    ),
    "an unknown organization": ("User {user}, Organization 0123", "not that of the user's organization"),
    "another workspace's organization": (
        "User {user}, Organization {foreign_organization}",
        "not that of the user's organization",
    ),
    "another workspace's user": (
        "User {foreign_user}, Organization {organization}",
        "not that of the user's organization",
    ),
    "no organization": ("User {user}", "An Organization secret is needed"),
    "no organization but an element": ("User {user}, Element {element}", "An Organization secret is needed"),
    "no user": ("Organization {organization}", "A User secret is needed"),
    "only an element": ("Element {element}", "A User secret is needed"),
}

REFUSED_FOR_HUBS = {
    "no header": (None, "There was no Authorization header"),
    "no element": ("User {user}, Organization {organization}", "An Element token is needed"),
    "an unknown element": ("User {user}, Element bm9ib2R5", "Element token is none of this workspace's"),
    "another workspace's element": ("User {user}, Element {foreign_element}", "none of this workspace's"),
    "a deleted instance's element": ("User {user}, Element {deleted_element}", "none of this workspace's"),
    "another workspace's user": ("User {foreign_user}, Element {element}", "none of this workspace's"),
    "another workspace's organization": (
        "User {user}, Organization {foreign_organization}, Element {element}",
        "not that of the user's organization",
    ),
    "no user": ("Organization {organization}, Element {element}", "A User secret is needed"),
    "the user's secret as element": ("User {user}, Element {user}", "none of this workspace's"),
}

ACCEPTED = {
    "the guide's order": "User {user}, Organization {organization}",
    "the other order": "Organization {organization}, User {user}",
    "with an element, which is ignored": "Element whatever, User {user}, Organization {organization}",
    "lower case": "user {user}, organization {organization}",
    "upper case": "USER {user}, ORGANIZATION {organization}",
    "no blank after the comma": "User {user},Organization {organization}",
    "more blanks": "User   {user}  ,  Organization   {organization}  ",
}

ACCEPTED_FOR_HUBS = {
    "the guide's order": "User {user}, Organization {organization}, Element {element}",
    "without the organization": "User {user}, Element {element}",
    "the element first": "Element {element}, User {user}",
    "the user last": "Organization {organization},element {element},USER {user}",
}


def table(cases):
    return [
        pytest.param(*(case if isinstance(case, tuple) else (case,)), id=name) for name, case in cases.items()
    ]


@pytest.fixture
def header(clients, instance, make_instance, stack_in_process):
    """Fill in a header's secrets: this workspace's, another's, and a deleted instance's."""
    other = stack_in_process.new_workspace()
    foreign = other.platform.create_instance(instance_body(other.credentials))
    deleted = make_instance()
    clients.platform.delete_instance(deleted["id"])

    def fill(pattern):
        if pattern is None:
            return {}
        filled = pattern.format(
            user=clients.credentials.user_secret,
            organization=clients.credentials.organization_secret,
            element=instance["token"],
            deleted_element=deleted["token"],
            foreign_user=other.credentials.user_secret,
            foreign_organization=other.credentials.organization_secret,
            foreign_element=foreign["token"],
        )
        return {"Authorization": filled}

    yield fill
    stack_in_process.delete_workspace(other.credentials.name)


@pytest.mark.parametrize(("pattern", "detail"), table(REFUSED_FOR_INSTANCES))
def test_instances_are_shown_to_a_user_of_the_organization_and_to_nobody_else(
    stranger, header, refused, pattern, detail
):
    reply = stranger.send("GET", f"{BASE_PATH}/instances", headers=header(pattern))

    assert detail in refused(reply, 401)


@pytest.mark.parametrize("pattern", table(ACCEPTED))
def test_the_pairs_stand_in_any_order_and_case_with_or_without_blanks(stranger, header, pattern):
    assert stranger.send("GET", f"{BASE_PATH}/instances", headers=header(pattern)).status == 200


@pytest.mark.parametrize(("pattern", "detail"), table(REFUSED_FOR_HUBS))
def test_a_hub_answers_whoever_has_a_user_secret_and_an_element_token_of_one_workspace(
    stranger, header, refused, pattern, detail
):
    reply = stranger.send("GET", f"{BASE_PATH}/hubs/crm/contacts", headers=header(pattern))

    assert detail in refused(reply, 401)


@pytest.mark.parametrize("pattern", table(ACCEPTED_FOR_HUBS))
def test_a_hub_call_may_leave_the_organization_out(stranger, header, pattern):
    assert stranger.send("GET", f"{BASE_PATH}/hubs/crm/contacts", headers=header(pattern)).status == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nothing/here"),
        ("GET", "/"),
        ("GET", "/instances/1/2/3/4"),
        ("GET", "/instances/1"),
        ("DELETE", "/instances/abc"),
        ("POST", "/instances/events"),
        ("PATCH", "/hubs/crm/contacts"),
        ("GET", "/hubs/crm/nothing"),
        ("GET", "/hubs/crm/contacts/abc"),
        ("GET", "/hubs/crm/contacts/1/notes"),
    ],
)
def test_a_stranger_is_refused_before_a_path_is_looked_for(stranger, refused, method, path):
    refused(stranger.send(method, BASE_PATH + path), 401)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"body": b"{"}, id="malformed JSON"),
        pytest.param({"body": b""}, id="no body"),
        pytest.param({"body": b"x", "headers": {"Content-Type": "text/plain"}}, id="no JSON at all"),
        pytest.param({"json": {}}, id="nothing that is needed"),
    ],
)
def test_a_stranger_is_refused_before_a_body_is_read(stranger, refused, given):
    refused(stranger.send("POST", f"{BASE_PATH}/instances", **given), 401)


@pytest.mark.parametrize("path", ["", "/insightly", "/5993", "/insightly/configuration", "/5993/metadata"])
def test_the_catalogue_of_elements_is_open_to_everyone(stranger, path):
    assert stranger.send("GET", f"{BASE_PATH}/elements{path}").status == 200


def test_a_request_id_is_never_given_twice_not_even_to_different_workspaces(clients, stranger):
    clients = [clients.platform, stranger] * 100

    ids = [client.send("GET", f"{BASE_PATH}/elements").headers["elements-request-id"] for client in clients]
    ids += [client.send("GET", f"{BASE_PATH}/instances").headers["elements-request-id"] for client in clients]

    assert len(set(ids)) == 400


def test_a_message_shows_no_secret_that_came(stranger, header, refused):
    reply = stranger.send(
        "GET", f"{BASE_PATH}/instances", headers=header("User s3cret-one, Element s3cret-two")
    )

    assert "s3cret" not in refused(reply, 401)


@pytest.mark.usefixtures("clients")
def test_admin_calls_mean_the_default_workspace_without_credentials_and_nobodys_with_foreign_ones(stranger):
    foreign = {"Authorization": "User bm9ib2R5"}

    without = stranger.send("GET", "/_local/clock")
    with_foreign = stranger.send("GET", "/_local/clock", headers=foreign)

    assert without.status == 200
    assert with_foreign.status == 401
    assert "names no workspace" in decode(with_foreign.body)["message"]
