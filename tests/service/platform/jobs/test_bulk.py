"""``/bulk``: many records read, or made, at once."""

import csv
import json
from io import StringIO

import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elements_local.clients import BASE_PATH, ServiceClient
from elements_local.kit.api.json_text import decode, encode

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
def upload(run):
    def send(content, kind="text/csv", filename="people", **parts):
        return run("/bulk/contacts", **multipart(file=(filename, kind, content), **parts))

    return send


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


@pytest.fixture
def people(clients):
    clients.clock.advance("1m")
    return [
        clients.crm.create("Contacts", {"FIRST_NAME": first, "LAST_NAME": last})
        for first, last in (("Ada", "Lovelace"), ("Charles", "babbage"), ("Grace", "Hopper"))
    ]


def names(found):
    return [record["FIRST_NAME"] for record in found]


def test_a_query_is_created_and_completed_when_its_time_comes(clients, instance, bulk, people):
    made = bulk.call("POST", f"/bulk/query?q={ALL}")
    waiting = bulk.call("GET", f"/bulk/{made['id']}/status")
    clients.clock.advance("1s")
    done = bulk.call("GET", f"/bulk/{made['id']}/status")

    assert waiting == {
        "id": made["id"],
        "status": "CREATED",
        "objectName": "contacts",
        "instanceId": instance["id"],
        "recordsCount": 0,
        "recordsFailedCount": 0,
        "createdDate": "2026-03-02T10:01:00Z",
        "updatedDate": "2026-03-02T10:01:00Z",
    }
    assert done == waiting | {"status": "COMPLETED", "recordsCount": len(people)}


@pytest.mark.usefixtures("people")
def test_records_come_as_json_lines_just_as_the_hub_shows_them(query, records, hub):
    job = query()

    assert records(job) == hub.call("GET", "/contacts")
    assert records(job, accept="*/*") == records(job)


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("prefix", ["/hubs/crm", "/hubs/whatever"])
def test_bulk_calls_may_have_a_hub_before_them(clients, bulk, prefix):
    made = bulk.call("POST", f"{prefix}/bulk/query?q={ALL}")
    clients.clock.advance(0)

    assert bulk.call("GET", f"{prefix}/bulk/{made['id']}/status")["status"] == "COMPLETED"
    assert bulk.send("GET", f"{prefix}/bulk/{made['id']}/contacts").status == 200
    assert [job["id"] for job in bulk.call("GET", f"{prefix}/bulkloader")] == [made["id"]]


@pytest.mark.usefixtures("people")
def test_records_come_as_csv_with_a_column_for_each_key(query, records):
    job = query()

    found, lines = records(job), records(job, accept="text/csv")

    assert names(lines) == names(found) == ["Ada", "Charles", "Grace"]
    assert set(lines[0]) == {key for record in found for key in record}
    assert lines[0]["CONTACT_ID"] == str(found[0]["CONTACT_ID"])


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("accept", ["text/html", "application/xml", "text/csv;q=0"])
def test_another_form_is_not_acceptable(query, bulk, refused, accept):
    job = query()

    reply = bulk.send("GET", f"/bulk/{job['id']}/contacts", headers={"Accept": accept})

    assert "Accept must be application/json or text/csv" in refused(reply, 406)


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("q", "more", "found"),
    [
        (f"{ALL}%20where%20FIRST_NAME='Ada'", "", ["Ada"]),
        (f"{ALL}%20order%20by%20LAST_NAME", "", ["Charles", "Grace", "Ada"]),
        (f"{ALL}%20order%20by%20last_name%20desc", "", ["Ada", "Grace", "Charles"]),
        (f"{ALL}%20orderby=CONTACT_ID%20desc", "", ["Grace", "Charles", "Ada"]),
        (ALL, "&orderby=LAST_NAME", ["Charles", "Grace", "Ada"]),
        (ALL, "&from=2026-03-02T10:01:00Z", []),
        (ALL, "&from=2026-03-02T10:00:59Z", ["Ada", "Charles", "Grace"]),
        (ALL, "&lastRunDate=2026-03-02T10:00:00Z&from=2026-03-02T10:01:00Z", []),
        (ALL, "&to=2026-03-02T10:01:00Z", ["Ada", "Charles", "Grace"]),
        (ALL, "&to=2026-03-02T10:00:59Z", []),
    ],
)
def test_a_query_says_which_records_and_in_which_order(query, records, q, more, found):
    assert names(records(query(q, more))) == found


def test_more_records_than_a_page_of_the_crm_all_come(clients, query, records):
    clients.crm.seed(1201)

    job = query(f"{ALL}%20order%20by%20CONTACT_ID%20desc")

    numbers = [record["CONTACT_ID"] for record in records(job)]
    assert job["recordsCount"] == len(numbers) == len(set(numbers)) >= 1201
    assert numbers == sorted(numbers, reverse=True)
    assert len(records(job, accept="text/csv")) == len(numbers)


@pytest.mark.parametrize(
    "q", ["", "contacts", "select%20FIRST_NAME%20from%20contacts", f"{ALL}%20where%20A", f"{ALL}%20limit%201"]
)
def test_an_unreadable_query_is_refused(bulk, refused, q):
    assert "Error parsing query" in refused(bulk.send("POST", f"/bulk/query?q={q}"), 400)


@pytest.mark.parametrize("more", ["&from=soon", "&to=x", "&lastRunDate=%00", "&orderby=A%20up"])
def test_what_is_no_instant_or_no_order_is_refused(bulk, refused, more):
    refused(bulk.send("POST", f"/bulk/query?q={ALL}{more}"), 400)
    refused(bulk.send("POST", "/bulk/query"), 400)


def test_a_query_that_the_hub_refuses_has_failed_and_says_why(query, bulk, records):
    job = query("select%20*%20from%20unicorns")

    assert (job["status"], job["recordsCount"], job["recordsFailedCount"]) == ("FAILED", 0, 1)
    (error,) = bulk.call("GET", f"/bulk/{job['id']}/errors")
    assert (error["number"], error["status"]) == (1, 404)
    assert "unicorns" in error["message"]
    assert records(job) == []


def test_a_crm_that_fails_half_way_leaves_what_was_read(clients, query, bulk, records):
    clients.crm.seed(600)
    clients.crm.script_faults([{"match": {"path": "*"}, "effect": {"status": 503}, "when": {"every_n": 2}}])

    job = query()

    assert (job["status"], job["recordsCount"]) == ("FAILED", 500)
    assert len(records(job)) == 500
    assert bulk.call("GET", f"/bulk/{job['id']}/errors")[0]["number"] == 501


def test_a_cancelled_job_does_nothing_more(clients, bulk, people):
    made = bulk.call("POST", f"/bulk/query?q={ALL}")

    cancelled = bulk.call("PUT", f"/bulk/{made['id']}/cancel")
    clients.clock.advance("10m")

    assert people
    assert cancelled["status"] == "CANCELLED"
    assert bulk.call("GET", f"/bulk/{made['id']}/status") == cancelled
    assert bulk.call("PUT", f"/bulk/{made['id']}/cancel") == cancelled
    assert bulk.send("GET", f"/bulk/{made['id']}/contacts").body == b""
    assert clients.sink.callbacks() == []


def test_a_completed_job_stays_completed(query, bulk):
    job = query()

    assert bulk.call("PUT", f"/bulk/{job['id']}/cancel") == job


def test_records_of_a_job_that_is_not_done_cannot_be_had_yet(bulk, refused):
    made = bulk.call("POST", f"/bulk/query?q={ALL}")

    assert "has to be advanced" in refused(bulk.send("GET", f"/bulk/{made['id']}/contacts"), 409)


def test_csv_becomes_records(clients, upload, records):
    job = upload('\ufeffFIRST_NAME,LAST_NAME\r\nAda,"Lovelace, Countess"\r\n\r\nÉva,=1+1\r\n'.encode())

    assert (job["status"], job["recordsCount"], job["recordsFailedCount"]) == ("COMPLETED", 2, 0)
    made = [clients.crm.get("Contacts", record["CONTACT_ID"]) for record in records(job)]
    assert [(each["FIRST_NAME"], each["LAST_NAME"]) for each in made] == [
        ("Ada", "Lovelace, Countess"),
        ("Éva", "=1+1"),
    ]


@pytest.mark.parametrize(
    ("content", "kind", "filename"),
    [
        (b'[{"FIRST_NAME": "Ada"}, {"FIRST_NAME": "Grace"}]', "application/json", ""),
        (b'{"FIRST_NAME": "Ada"}\n\n{"FIRST_NAME": "Grace"}\n', "application/octet-stream", "x.json"),
        (b' [{"FIRST_NAME": "Ada"},\n{"FIRST_NAME": "Grace"}]', "application/octet-stream", "x"),
        (b"FIRST_NAME\nAda\nGrace", "application/octet-stream", "x"),
        (b"FIRST_NAME\nAda\nGrace", "application/octet-stream", "x.csv"),
    ],
    ids=["an array", "lines", "by its first letter", "CSV by its first letter", "CSV by its name"],
)
def test_files_come_in_several_forms(upload, records, content, kind, filename):
    assert names(records(upload(content, kind, filename))) == ["Ada", "Grace"]


@pytest.mark.usefixtures("people")
def test_a_mapped_object_is_queried_and_uploaded_by_its_own_names(
    clients, instances, instance, query, run, records
):
    below = f"/{instance['id']}"
    fields = [
        {"path": "key", "vendorPath": "CONTACT_ID", "type": "string", "vendorType": "number"},
        {"path": "name.first", "vendorPath": "FIRST_NAME"},
        {
            "path": "last",
            "vendorPath": "LAST_NAME",
            "configuration": [{"type": "passThrough", "properties": {"toVendor": False}}],
        },
    ]
    only = [{"type": "passThrough", "properties": {"fromVendor": False, "toVendor": False}}]
    instances("POST", f"{below}/objects/people/definitions", json={"fields": []})
    body = {"vendorName": "contacts", "fields": fields, "configuration": only}
    instances("POST", f"{below}/transformations/people", json=body)

    found = query(
        "select%20*%20from%20people%20where%20name.first%20LIKE%20'%25a%25'%20order%20by%20key%20desc"
    )
    content = b"name.first,last,BACKGROUND\r\nGrace,Hopper,navy\r\n"
    sent = run("/bulk/people", **multipart(file=("people.csv", "text/csv", content)))

    read = records(found)
    assert read
    assert all(set(record) <= {"key", "name", "last"} for record in read)
    assert [record["key"] for record in read] == sorted((record["key"] for record in read), reverse=True)
    assert (sent["recordsCount"], sent["recordsFailedCount"]) == (1, 0)
    (made,) = records(sent)
    kept = clients.crm.call("GET", f"/v3.1/Contacts/{made['key']}")
    assert (kept["FIRST_NAME"], kept["LAST_NAME"], kept["BACKGROUND"]) == ("Grace", None, None)


def test_records_that_the_crm_refuses_are_counted_and_listed(upload, bulk, records):
    job = upload(encode([{"FIRST_NAME": "Ada"}, {}, {"FIRST_NAME": "Grace"}, {}]), "application/json")

    assert (job["status"], job["recordsCount"], job["recordsFailedCount"]) == ("COMPLETED", 2, 2)
    assert names(records(job)) == ["Ada", "Grace"]
    reply = bulk.send("GET", f"/bulk/{job['id']}/errors?pageSize=1")
    (first,) = decode(reply.body)
    assert (first["number"], first["status"]) == (2, 400)
    assert (reply.headers["elements-returned-count"], reply.headers["elements-total-count"]) == ("1", "2")
    token = reply.headers["elements-next-page-token"]
    rest = bulk.send("GET", f"/bulk/{job['id']}/errors?pageSize=1&nextPage={token}")
    assert [error["number"] for error in decode(rest.body)] == [4]
    assert "elements-next-page-token" not in rest.headers


def test_what_was_downloaded_can_be_uploaded(people, query, records, upload, bulk):
    text = bulk.send("GET", f"/bulk/{query()['id']}/contacts", headers={"Accept": "text/csv"}).body

    job = upload(text)

    assert (job["recordsCount"], job["recordsFailedCount"]) == (len(people), 0)
    assert names(records(job)) == names(people)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (multipart(other="x"), 'the part "file" is missing'),
        ({}, 'the part "file" is missing'),
        (multipart(file=("x", "text/csv", b"")), "the file is empty"),
        (multipart(file=("x", "text/csv", b"A\n")), "the file has no records"),
        (multipart(file=("x", "application/json", b"[]")), "the file has no records"),
        (multipart(file=("x", "application/json", b"[1]")), "must be an object; got 1"),
        (multipart(file=("x", "application/json", b"{")), "the file: Malformed JSON"),
        (multipart(file=("x", "application/json", b'{"a": 1}\n{')), "line 2 of the file: Malformed JSON"),
        (multipart(file=("x", "application/json", b'{"a":' * 99 + b"1" + b"}" * 99)), "must be an object"),
        (multipart(file=("x", "text/csv", b"A\n\xff")), "the file is not UTF-8"),
        (multipart(file=("x", "text/csv", b"A\nb\nc,d\n")), "line 3 of the file has 2 cells"),
        (multipart(file=("x", "text/csv", b"A\nb"), metaData="{"), "metaData: Malformed JSON"),
        (multipart(file=("x", "text/csv", b"A\nb"), metaData="[]"), "metaData must be an object"),
    ],
)
def test_a_file_that_is_none_is_refused_and_leaves_no_job(bulk, refused, given, says):
    assert says in refused(bulk.send("POST", "/bulk/contacts", **given), 400)
    assert bulk.call("GET", "/bulkloader") == []


def test_a_file_may_be_larger_than_other_bodies_but_not_too_large(own_stack, make_body):
    clients = own_stack({"ELEMENTS_LOCAL_PLATFORM_BULK_UPLOAD_LIMIT": "2000000"}).workspace()
    client = client_of(clients, clients.platform.create_instance(make_body(clients)))
    large = b"FIRST_NAME\n" + (b"A" * 100_000 + b"\n") * 15

    assert client.send("POST", "/bulk/contacts", **multipart(file=("x", "text/csv", large))).status == 200
    reply = client.send("POST", "/bulk/contacts", **multipart(file=("x", "text/csv", large * 2)))
    assert reply.status == 413
    assert "may have 2000000 bytes" in decode(reply.body)["message"]


def test_the_receiver_is_told_with_a_signature_and_the_payload(clients, query):
    job = query(**multipart(metaData='{"callback-payload": {"run": 7}}'))
    clients.clock.advance("1s")

    (callback,) = clients.sink.callbacks()

    assert callback["signature"] == "valid"
    message = callback["json"]["message"]
    assert message["bulk"] == {"jobType": "query", **job}
    assert message["callback-payload"] == {"run": 7}
    assert clients.platform.events(job["instanceId"]) == []


def test_a_query_that_finds_nothing_completes_too(query):
    job = query("select%20*%20from%20contacts%20where%20FIRST_NAME='nobody'")

    assert (job["status"], job["recordsCount"]) == ("COMPLETED", 0)


def test_metadata_may_come_as_a_file_and_an_upload_tells_too(clients, upload):
    job = upload(b"FIRST_NAME\nAda", metaData=("m", "application/json", b'{"callback-payload": "x"}'))
    clients.clock.advance("1s")

    (callback,) = clients.sink.callbacks()

    assert callback["json"]["message"]["bulk"] == {"jobType": "upload", **job}
    assert callback["json"]["message"]["callback-payload"] == "x"


def test_what_nothing_reads_of_metadata_is_warned_of(bulk):
    reply = bulk.send(
        "POST", f"/bulk/query?q={ALL}", **multipart(metaData='{"callbackpayload": 1, "other": 2}')
    )

    warnings = json.loads(reply.headers["Elements-Local-Warnings"])
    assert [(each["rule"], each["path"], each["nearest"]) for each in warnings] == [
        ("misspelt-key", "metaData.callbackpayload", "callback-payload"),
        ("unknown-key", "metaData.other", None),
    ]


@pytest.mark.parametrize("kind", ["query", "upload"])
def test_a_url_of_the_request_is_told_the_job_itself_beside_the_instances_receiver(clients, run, kind):
    sent = multipart(file=("people", "text/csv", b"FIRST_NAME\nAda")) if kind == "upload" else {"headers": {}}
    sent["headers"]["Elements-Async-Callback-Url"] = f"{clients.credentials.callback_url}/own"
    job = run("/bulk/contacts" if kind == "upload" else f"/bulk/query?q={ALL}", **sent)
    clients.clock.advance("1s")

    callbacks = clients.sink.callbacks()
    (own,) = [callback for callback in callbacks if "/own" in callback["path"]]

    assert len(callbacks) == 2
    assert (own["json"], own["signature"]) == (job, "valid")
    assert own["json"]["status"] == "COMPLETED"


def test_a_job_whose_own_url_cannot_be_is_not_made(bulk, refused):
    for url in ("/formulas/instances/1/executions", "ftp://x", "http://"):
        reply = bulk.send("POST", f"/bulk/query?q={ALL}", headers={"Elements-Async-Callback-Url": url})

        assert "Elements-Async-Callback-Url must be a URL" in refused(reply, 400)
    assert bulk.call("GET", "/bulkloader") == []


def test_a_bulk_job_that_is_to_be_repeated_is_refused(bulk, refused):
    reply = bulk.send("POST", f"/bulk/query?q={ALL}", headers={"Elements-Schedule-Request": "0 0 * * *"})

    assert "the header Elements-Schedule-Request is not imitated" in refused(reply, 501)
    assert bulk.call("GET", "/bulkloader") == []


def test_without_a_callback_url_nobody_is_told(clients, make_instance):
    client = client_of(clients, make_instance({"event.notification.callback.url": ...}))
    made = client.call("POST", f"/bulk/query?q={ALL}")
    clients.clock.advance("1s")

    assert client.call("GET", f"/bulk/{made['id']}/status")["status"] == "COMPLETED"
    assert clients.sink.callbacks() == []


def test_the_jobs_of_an_instance_are_listed_the_latest_first(query, bulk, upload):
    first, second = query(), upload(b"FIRST_NAME\nAda")

    listed = bulk.call("GET", "/bulkloader")

    assert [job["id"] for job in listed] == [second["id"], first["id"]]
    assert listed[1] == {
        "id": first["id"],
        "jobId": first["id"],
        "groupName": f"instance-{first['instanceId']}",
        "jobType": "query",
        "objectName": "contacts",
        "status": "COMPLETED",
        "recordsCount": 0,
        "recordsFailedCount": 0,
        "createdDate": "2026-03-02T10:00:00Z",
        "updatedDate": "2026-03-02T10:00:00Z",
    }
    assert bulk.call("GET", f"/bulkloader?jobId={first['id']}") == listed[1:]
    assert bulk.call("GET", "/bulkloader?jobId=1") == bulk.call("GET", "/bulkloader?jobId=x") == []
    page = bulk.send("GET", "/bulkloader?pageSize=1")
    assert decode(page.body) == listed[:1]
    assert page.headers["elements-next-page-token"]


@pytest.mark.parametrize("what", ["status", "errors", "contacts"])
@pytest.mark.parametrize("bulk_id", ["0", "x", "%00", "9" * 30])
def test_an_unknown_job_is_not_found(bulk, refused, what, bulk_id):
    refused(bulk.send("GET", f"/bulk/{bulk_id}/{what}"), 404)
    refused(bulk.send("PUT", f"/bulk/{bulk_id}/cancel"), 404)


def test_a_job_is_its_instances_and_its_records_are_of_its_object(
    clients, query, bulk, make_instance, refused
):
    job = query()
    other = client_of(clients, make_instance())

    refused(bulk.send("GET", f"/bulk/{job['id']}/leads"), 404)
    refused(other.send("GET", f"/bulk/{job['id']}/status"), 404)
    refused(other.send("PUT", f"/bulk/{job['id']}/cancel"), 404)
    assert other.call("GET", "/bulkloader") == []


def test_bulk_calls_need_a_token_of_an_instance_that_is_switched_on(
    clients, instance, bulk, stranger, refused
):
    for method, path in (
        ("POST", f"/bulk/query?q={ALL}"),
        ("POST", "/bulk/contacts"),
        ("GET", "/bulkloader"),
    ):
        refused(stranger.send(method, BASE_PATH + path), 401)
        refused(clients.platform.send(method, BASE_PATH + path), 401)
    clients.platform.send("DELETE", f"{BASE_PATH}/instances/{instance['id']}/enabled")

    refused(bulk.send("POST", f"/bulk/query?q={ALL}"), 403)
    refused(bulk.send("GET", "/bulkloader"), 403)


def test_a_job_of_an_instance_that_is_deleted_meanwhile_ends(clients, instance, bulk):
    bulk.call("POST", f"/bulk/query?q={ALL}")
    clients.platform.delete_instance(instance["id"])

    clients.clock.advance("1h")

    assert clients.sink.callbacks() == []


def test_texts_that_a_spreadsheet_would_run_can_be_guarded(own_stack, make_body):
    clients = own_stack({"ELEMENTS_LOCAL_PLATFORM_CSV_GUARD": "true"}).workspace()
    client = client_of(clients, clients.platform.create_instance(make_body(clients)))
    clients.crm.create("Contacts", {"FIRST_NAME": "=1+1"})
    made = client.call("POST", f"/bulk/query?q={ALL}")
    clients.clock.advance(0)

    text = client.send("GET", f"/bulk/{made['id']}/contacts", headers={"Accept": "text/csv"}).body.decode()

    assert "'=1+1" in text


@settings(
    deadline=None, max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=200), kind=st.sampled_from(["text/csv", "application/json", "x/y"]))
def test_whatever_file_comes_is_taken_or_refused(bulk, content, kind):
    reply = bulk.send("POST", "/bulk/contacts", **multipart(file=("x", kind, content)))

    assert reply.status in {200, 400}
