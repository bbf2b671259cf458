"""``/accounts``: the account of a workspace and its settings; and ``/organizations/me``."""


def test_settings_outlive_signing_in_and_end_with_a_reset(directory, clients):
    credentials = {"username": clients.credentials.crm_username, "password": "any"}
    directory.json("PATCH", "/accounts/settings", json={"a": "b"})

    directory.json("POST", "/authentication", json=credentials)
    directory.json("PATCH", "/accounts/settings", json={"c": "d"})

    assert directory.json("GET", "/accounts/settings") == {"a": "b", "c": "d"}
    (user,) = directory.json("GET", "/users")
    assert user["lastLoginDate"] == clients.clock.now().date().isoformat()
    clients.platform.call("POST", "/_local/reset", json={})
    assert directory.json("GET", "/accounts/settings") == {}
