"""Routes that are found again are found as the first time."""

import pytest

from elements_local.kit.web.service_flask import ServiceFlask


@pytest.fixture
def client():
    app = ServiceFlask(__name__)

    @app.url_value_preprocessor
    def forget_hub(_endpoint, values):
        if values:
            values.pop("hub", None)

    @app.get("/hubs/<hub>/<int:number>")
    def show(**variables):
        return variables

    return app.test_client()


def test_each_request_has_variables_of_its_own(client):
    answers = [client.get("/hubs/crm/7").json for _ in range(2)]

    assert answers == [{"number": 7}] * 2


def test_methods_and_paths_are_told_apart_once_one_is_known(client):
    found = [
        client.open(path, method=method).status_code
        for method, path in [
            ("GET", "/hubs/crm/7"),
            ("POST", "/hubs/crm/7"),
            ("GET", "/hubs/crm/8"),
            ("GET", "/hubs/crm/x"),
            ("GET", "/hubs/crm/7"),
        ]
    ]

    assert found == [200, 405, 200, 404, 200]


@pytest.mark.parametrize("host", ["127.0.0.1:4700", "LOCALHOST:4700", "localhost", "[::1]:4700"])
def test_a_redirect_leads_to_the_host_that_the_request_was_sent_to(client, host):
    client.get("//hubs//crm/7", headers={"Host": "localhost:1"})

    location = client.get("/hubs//crm/7?q=%C3%A9", headers={"Host": host}).headers["Location"]

    assert location == f"http://{host.lower()}/hubs/crm/7?q=%C3%A9"


def test_who_would_speak_another_protocol_is_refused_on_a_known_path_too(client):
    client.get("/hubs/crm/7")

    refused = client.get("/hubs/crm/7", headers={"Connection": "Upgrade", "Upgrade": "websocket"})

    assert refused.status_code == 400
