"""``/bulk``: many records read, or made, at once."""

import csv
import json
from io import StringIO

import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elements_local.clients.workspace_clients import BASE_PATH, ServiceClient
from elements_local.kit.api.json_text import decode

BOUNDARY = "a-boundary"
ALL = "select%20*%20from%20contacts"


def client_of(clients, instance):
    return ServiceClient(
        http=clients.platform.http,
        url=clients.platform.url + BASE_PATH,
        headers={
            "Authorization": f"{clients.platform.headers['Authorization']}, Element {instance['token']}"
        },
    )


def multipart(**parts):
    """Return what sends a form: text parts, and files as (name, content type, content)."""
    body = b""
    for name, part in parts.items():
        filename, kind, content = part if isinstance(part, tuple) else (None, None, part.encode())
        body += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'.encode()
        body += f'; filename="{filename}"'.encode() if filename is not None else b""
        body += (f"\r\nContent-Type: {kind}" if kind else "").encode() + b"\r\n\r\n" + content + b"\r\n"
    body += f"--{BOUNDARY}--\r\n".encode()
    return {"body": body, "headers": {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}}


@pytest.fixture
def bulk(clients, instance):
    return client_of(clients, instance)


@pytest.fixture
def run(clients, bulk):
    """Make a job, let it run, and return how far it is."""

    def done(path, **given):
        reply = bulk.send("POST", path, **given)
        assert reply.status == 200, reply.body
        made = decode(reply.body)
        assert made == {"id": made["id"], "status": "CREATED"}
        clients.clock.advance(0)
        return bulk.call("GET", f"/bulk/{made['id']}/status")

    return done


@pytest.fixture
def query(run):
    return lambda q=ALL, more="", **given: run(f"/bulk/query?q={q}{more}", **given)


@pytest.fixture
def records(bulk):
    def read(job, accept="application/json"):
        reply = bulk.send("GET", f"/bulk/{job['id']}/{job['objectName']}", headers={"Accept": accept})
        assert reply.status == 200, reply.body
        text = reply.body.decode()
        if accept == "text/csv":
            assert reply.headers["Content-Type"] == "text/csv"
            return list(csv.DictReader(StringIO(text, newline="")))
        assert reply.headers["Content-Type"] == "application/json;charset=UTF-8"
        return [json.loads(line) for line in text.splitlines()]

    return read


def test_more_records_than_a_page_of_the_crm_all_come(clients, query, records):
    clients.crm.seed(601)

    job = query(f"{ALL}%20order%20by%20CONTACT_ID%20desc")

    numbers = [record["CONTACT_ID"] for record in records(job)]
    assert job["recordsCount"] == len(numbers) == len(set(numbers)) >= 601
    assert numbers == sorted(numbers, reverse=True)
    assert len(records(job, accept="text/csv")) == len(numbers)


def test_a_crm_that_fails_half_way_leaves_what_was_read(clients, query, bulk, records):
    clients.crm.seed(600)
    clients.crm.script_faults([{"match": {"path": "*"}, "effect": {"status": 503}, "when": {"every_n": 2}}])

    job = query()

    assert (job["status"], job["recordsCount"]) == ("FAILED", 500)
    assert len(records(job)) == 500
    assert bulk.call("GET", f"/bulk/{job['id']}/errors")[0]["number"] == 501


def test_a_file_may_be_larger_than_other_bodies_but_not_too_large(stack_set_to, make_body):
    clients = stack_set_to({"ELEMENTS_LOCAL_PLATFORM_BULK_UPLOAD_LIMIT": "2000000"}).new_workspace()
    client = client_of(clients, clients.platform.create_instance(make_body(clients)))
    large = b"FIRST_NAME\n" + (b"A" * 100_000 + b"\n") * 15

    assert client.send("POST", "/bulk/contacts", **multipart(file=("x", "text/csv", large))).status == 200
    reply = client.send("POST", "/bulk/contacts", **multipart(file=("x", "text/csv", large * 2)))
    assert reply.status == 413
    assert "may have 2000000 bytes" in decode(reply.body)["message"]


@settings(
    deadline=None, max_examples=examples(10), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=200), kind=st.sampled_from(["text/csv", "application/json", "x/y"]))
def test_whatever_file_comes_is_taken_or_refused(bulk, content, kind):
    reply = bulk.send("POST", "/bulk/contacts", **multipart(file=("x", kind, content)))

    assert reply.status in {200, 400}
