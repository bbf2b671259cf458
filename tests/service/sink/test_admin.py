"""The admin routes that every service has, as far as the sink has a part in them."""

import pytest

from elements_local.kit.web.guard import TOKEN_HEADER, Guard


@pytest.fixture
def busy(sink, acme):
    for name in (acme.name, "default", "other"):
        sink.send(f"/{name}")
        sink.know("secret", bin_=name)
        sink.answer({"status": 503}, bin_=name)
    return sink


def state(sink, name):
    return (
        len(sink.callbacks(bin=name)),
        sink.client.get(f"/_local/signature-keys?bin={name}").json["keys"],
        sink.client.get(f"/_local/responses?bin={name}").json["responses"],
    )


BUSY = (1, 1, [{"status": 503}])
FRESH = (0, 0, [])


def test_reset_brings_a_workspace_and_all_its_bins_back_to_their_start(busy):
    assert busy.client.post("/_local/reset").status_code == 200

    assert [state(busy, name) for name in ("default", "other", "acme")] == [FRESH, FRESH, BUSY]
    assert busy.send().status == 200
    assert busy.one()["id"] == 1


def test_with_a_token_only_who_has_it_drains_a_bin(make_sink):
    """What it gives is what the admin routes give."""
    sink = make_sink(guard=Guard(token="t0ken"))
    sink.client.post("/default", data=b"kept")

    refused = sink.client.get("/default?returnQueue")
    drained = sink.client.get("/default?returnQueue", headers={TOKEN_HEADER: "t0ken"})

    assert (refused.status_code, TOKEN_HEADER in refused.json["message"]) == (403, True)
    assert drained.json == {"count": 1, "data": [{"data": "kept"}]}
