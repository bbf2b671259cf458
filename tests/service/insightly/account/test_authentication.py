"""Whose records are meant where no key says it."""


def test_without_a_key_admin_routes_mean_the_default_workspace(configured):
    crm = configured()
    crm.create("Contacts", FIRST_NAME="Ada")

    reply = crm.without_key("GET", "/_local/changes")

    assert reply.status == 200
    assert b"CREATED" in reply.body
