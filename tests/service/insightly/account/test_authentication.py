"""Who may call the API, and as whom."""

from base64 import b64encode

from each_row import each_row

DENIED = b'{"Message":"Authorization has been denied for this request."}'


def test_the_key_is_taken_in_every_form_clients_send(crm):
    for form in ("{}:", "{}", "{}:anything"):
        token = b64encode(form.format(crm.workspace.crm_api_key).encode()).decode()

        for header in (f"Basic {token}", f"basic {token.rstrip('=')}"):
            assert crm.send("GET", "Contacts", headers={"Authorization": header}).status == 200


@each_row("header", ["", "Basic", "Basic ", "Basic bm9ib2R5Og==", "Basic !!!", "Bearer x", "Basic ////"])
def test_without_a_known_key_every_call_is_denied_in_the_same_words(crm, header):
    for path in ("/v3.1/Contacts", "/v2.2/users/me", "/v3.1/Contacts/5", "/v3.1/no/such/path"):
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH"):
            reply = crm.send(method, path, headers={"Authorization": header})

            assert (reply.status, reply.body) == (401, DENIED)
            assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
            assert not {"WWW-Authenticate", "X-RateLimit-Limit"} & {*reply.headers.keys()}


def test_a_challenge_is_sent_if_so_chosen(configured):
    crm = configured(www_authenticate=True)

    reply = crm.send("GET", "Contacts", headers={"Authorization": "Basic "})

    assert reply.status == 401
    assert reply.headers["WWW-Authenticate"].startswith("Basic ")
    assert "WWW-Authenticate" not in crm.send("GET", "Contacts").headers


def test_without_a_key_admin_routes_mean_the_default_workspace(configured):
    crm = configured()
    crm.create("Contacts", FIRST_NAME="Ada")

    reply = crm.without_key("GET", "/_local/changes")

    assert reply.status == 200
    assert b"CREATED" in reply.body


@each_row("header", ["Basic bm9ib2R5Og==", "User x", "Basic "])
def test_admin_routes_refuse_a_foreign_key(crm, header):
    for path in ("/_local/changes", "/_local/faults"):
        assert "API key" in crm.refused(401, "GET", path, headers={"Authorization": header})
