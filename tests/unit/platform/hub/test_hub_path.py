"""Which paths are the hub's, and which the platform's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.hub.routing import HubPaths

PATHS = HubPaths.beside(
    [
        "/instances",
        "/instances/<instance_id>/docs",
        "/elements/<key_or_id>",
        "/hubs/<hub>/<object_name>",
        "/bulk/query",
        "/bulk/<bulk_id>/status",
        "/accounts",
        "/accounts/<account_id>",
        "/accounts/settings",
        "/accounts/<account_id>/settings",
        "/accounts/<account_id>/roles/<role>",
        "/users",
        "/users/<int:user_id>",
        "/users/<user_id>/roles/<role>",
    ]
)
HUB = [
    "/contacts",
    "/contacts/5",
    "/contacts/5/notes",
    "/contacts/5/notes/6",
    "/objects",
    "/ping",
    "/Fruit__c/7",
    "/me/",
]
PLATFORM = [
    "/instances",
    "/instances/5",
    "/instances/5/anything",
    "/elements/insightly",
    "/hubs/crm/contacts",
    "",
    "/",
]
BY_TOKEN = [
    "/accounts",
    "/accounts/",
    "/accounts/5",
    "/accounts/5/addresses",
    "/accounts/5/addresses/6",
    "/users",
    "/users/5",
]
NEVER = [
    "/accounts/settings",
    "/accounts/settings/",
    "/accounts/5/settings",
    "/accounts/5/roles/admin",
    "/users/5/roles/x",
]


@pytest.mark.parametrize("path", HUB)
@pytest.mark.parametrize("with_element", [True, False])
def test_what_is_not_the_platforms_is_the_hubs(path, with_element):
    assert PATHS.routed(path, with_element=with_element) == f"/hubs/any{path}"


@pytest.mark.parametrize("path", PLATFORM)
@pytest.mark.parametrize("with_element", [True, False])
def test_the_platforms_own_words_stay_with_it(path, with_element):
    assert PATHS.routed(path, with_element=with_element) == path


@pytest.mark.parametrize("path", BY_TOKEN)
def test_accounts_and_users_are_the_elements_if_its_token_comes(path):
    assert PATHS.routed(path, with_element=True) == f"/hubs/any{path}"
    assert PATHS.routed(path, with_element=False) == path


@pytest.mark.parametrize("path", NEVER)
@pytest.mark.parametrize("with_element", [True, False])
def test_what_has_a_further_word_of_the_platforms_stays_with_it(path, with_element):
    assert PATHS.routed(path, with_element=with_element) == path


@pytest.mark.parametrize("below", ["/bulk/query", "/bulk/5/status", "/bulk", "/bulk/5/contacts"])
@pytest.mark.parametrize("with_element", [True, False])
def test_bulk_calls_are_the_platforms_below_a_hub_too(below, with_element):
    assert PATHS.routed(f"/hubs/crm{below}", with_element=with_element) == below
    assert PATHS.routed(below, with_element=with_element) == below


def test_a_platform_without_bulk_leaves_the_word_to_the_hub():
    assert (
        HubPaths.beside(["/hubs/<hub>/<object_name>"]).routed("/hubs/crm/bulk", with_element=True)
        == "/hubs/crm/bulk"
    )


@given(st.text(), st.booleans())
def test_any_path_is_routed_once_and_for_all(text, with_element):
    routed = PATHS.routed(f"/{text}", with_element=with_element)

    assert PATHS.routed(routed, with_element=with_element) == routed
    assert routed.endswith(f"/{text}") or "bulk" in text
