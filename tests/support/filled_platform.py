"""A platform with a second one of everything that is listed, and some of it switched off."""

from base64 import b64encode
from urllib.parse import urlencode

from filled_workspace import CANARY

from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.kit.api.json_text import decode

PASSWORD = CANARY


def fill(workspace, default):
    """Add to a filled workspace, and to the default one, and return ids and secrets by the names that keys have.

    Args:
        default: the clients of the default workspace.
    """
    clients = workspace.clients
    call = clients.platform.call
    body = instance_body(clients.credentials)
    second = call("POST", f"{BASE_PATH}/instances", json=body | {"name": "second", "tagz": ["misspelt"]})
    paused = [
        call("POST", f"{BASE_PATH}/instances", json=body | {"name": f"paused {at}"})["id"] for at in (1, 2)
    ]
    for job in call("GET", f"{BASE_PATH}/jobs"):
        if job["data"].get("id") in paused:
            call("PUT", f"{BASE_PATH}/jobs/{job['id']}/disable")
    call(
        "POST",
        f"{BASE_PATH}/instances/{workspace.instance['id']}/objects/bare/definitions",
        json={"fields": []},
    )
    for number in range(2):
        mail = {"to": "a@b.example", "subject": f"mail {number}"}
        call("POST", f"{BASE_PATH}/notifications/emails", json=mail)
        clients.sink.send("POST", f"/{clients.credentials.name}", json={"number": number})
    clients.sink.respond({"status": 201, "times": 1})
    clients.sink.relay("http://127.0.0.1:4702/default")
    clients.crm.call(
        "POST", f"/v3.1/Contacts/{workspace.crm_ids['contact_id']}/Notes", json={"TITLE": "another"}
    )
    deleted = clients.crm.create("Contacts", {"FIRST_NAME": "deleted"})["CONTACT_ID"]
    clients.crm.delete("Contacts", deleted)
    default.platform.create_instance(instance_body(default.credentials))
    default.crm.create("Contacts", {"FIRST_NAME": "default"})
    default.sink.send("POST", "/default", json={"number": 1})
    clients.clock.advance("5m")
    return {
        **_secrets(workspace),
        "other_instanceid": second["id"],
        "other_instance_id": second["id"],
        "other_workspace": "default",
        "instance_body": body,
        "wrong_body": body | {"configuration": body["configuration"] | {"password": "wrong"}},
        "accountids[]": [str(workspace.ids["account_id"])],
        "crm_api_key": clients.credentials.crm_api_key,
        "deleted_contact_id": deleted,
        "operation_id": _operation(call),
        "operationid": _operation(call),
        "child_id": workspace.crm_ids["note_id"],
        "callback_id": clients.sink.callbacks()[0]["id"],
    }


def _operation(call):
    document = call("GET", f"{BASE_PATH}/elements/insightly/docs")
    return next(iter(next(iter(document["paths"].values())).values()))["operationId"]


def _secrets(workspace):
    """Return what somebody signs in with, in the ways there are."""
    form = urlencode({"j_username": workspace.ids["email_or_id"], "j_password": PASSWORD}).encode()
    signed = workspace.clients.platform.send(
        "POST",
        "/elements/j_spring_security_check",
        body=form,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    user = workspace.clients.platform.headers["Authorization"]
    return {
        "cookie": signed.headers.get("Set-Cookie", "").partition(";")[0],
        "password": PASSWORD,
        "email": workspace.ids["email_or_id"],
        "user_authorization": user,
        "basic": b64encode(f"{workspace.clients.credentials.crm_api_key}:".encode()).decode(),
    }


def snapshot(client, query=""):
    """Return what a service remembers of the workspace."""
    return decode(client.send("POST", f"/_local/snapshot{query}").body)
