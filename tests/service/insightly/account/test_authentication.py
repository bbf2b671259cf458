"""Who may call the API, and as whom."""

from base64 import b64encode, urlsafe_b64encode

import pytest

DENIED = b'{"Message":"Authorization has been denied for this request."}'


@pytest.mark.parametrize("version", ["v2.2", "v3.1"])
@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@pytest.mark.parametrize("form", ["{}:", "{}", "{}:anything"])
def test_the_key_is_taken_in_every_form_clients_send(crm, version, encode, form):
    token = encode(form.format(crm.workspace.crm_api_key).encode()).decode()

    for header in (f"Basic {token}", f"basic {token.rstrip('=')}"):
        assert crm.send("GET", f"/{version}/Contacts", headers={"Authorization": header}).status == 200


@pytest.mark.parametrize(
    "path", ["/v3.1/Contacts", "/v2.2/users/me", "/v3.1/Contacts/5", "/v3.1/no/such/path"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize(
    "header",
    ["", "Basic", "Basic ", "Basic bm9ib2R5Og==", "Basic !!!", "Bearer x", "Basic ////"],
)
def test_without_a_known_key_every_call_is_denied_in_the_same_words(crm, path, method, header):
    reply = crm.send(method, path, headers={"Authorization": header})

    assert (reply.status, reply.body) == (401, DENIED)
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    assert "WWW-Authenticate" not in reply.headers
    assert "X-RateLimit-Limit" not in reply.headers


def test_a_challenge_is_sent_if_so_chosen(configured):
    crm = configured(www_authenticate=True)

    reply = crm.send("GET", "Contacts", headers={"Authorization": "Basic "})

    assert reply.status == 401
    assert reply.headers["WWW-Authenticate"].startswith("Basic ")
    assert "WWW-Authenticate" not in crm.send("GET", "Contacts").headers


def test_the_key_selects_the_workspace(crm, another):
    other = another()
    mine = crm.create("Contacts", FIRST_NAME="Ada")

    assert other.shown("Contacts") == []
    assert other.send("GET", f"Contacts/{mine['CONTACT_ID']}").status == 404
    assert other.send("DELETE", f"Contacts/{mine['CONTACT_ID']}").status == 404
    assert crm.shown("Contacts") == [mine]


def test_each_workspace_goes_by_its_own_clock(crm, another):
    other = another()
    other.advance(days=3)

    assert other.create("Contacts", FIRST_NAME="a")["DATE_CREATED_UTC"] == "2026-03-05 10:00:00"
    assert crm.create("Contacts", FIRST_NAME="a")["DATE_CREATED_UTC"] == "2026-03-02 10:00:00"
    assert other.send("GET", "Contacts").headers["Date"] == "Thu, 05 Mar 2026 10:00:00 GMT"
