"""The bodies that the page *What arrives* shows: ``poe arriving`` has a stack send each kind, and keeps them."""

import json
from pathlib import Path

from elements_local.clients import guide
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.start import Options, in_process

FOLDER = Path(__file__).parents[2] / "docs" / "examples" / "arriving"
CALLBACK_URL = "Elements-Async-Callback-Url"
NEWER = {"ELEMENTS_LOCAL_PLATFORM_RAW_FORM": "2020"}


def captured():
    """Return the text of each body, by the name of the file that shows it."""
    with in_process() as stack:
        bodies = every_kind(stack.workspace("default"))
    with in_process(Options(environment=NEWER)) as stack:
        bodies["changes-2020"] = every_kind(stack.workspace("default"))["changes"]
    return {f"{name}.json": json.dumps(body, indent=1) + "\n" for name, body in bodies.items()}


def every_kind(clients, **given):
    """Have a workspace's platform send one body of each kind to its sink, and return them by name."""
    platform = clients.platform
    instance = platform.create_instance(guide.instance_body(clients.credentials, **given))
    hub, told = platform.hub(instance["token"]), {CALLBACK_URL: clients.credentials.callback_url}
    query = "/bulk/query?q=select%20*%20from%20contacts"
    from_provider = f"{BASE_PATH}/events/insightly/{instance['id']}"
    posted = {"topic": f"instance-{instance['id']}-insightly-events", "message": "Maintenance at noon"}
    makers = {
        ("changes",): lambda: clients.crm.create("Contacts", {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"}),
        ("bulk-job-status", "bulk-job"): lambda: hub.send("POST", query, headers=told),
        ("provider",): lambda: platform.call("POST", from_provider, json={"kind": "deal.won", "deal": 7}),
        ("notification",): lambda: platform.call("POST", f"{BASE_PATH}/notifications", json=posted),
    }
    bodies = {}
    for names, make in makers.items():
        make()
        clients.clock.advance("15m")
        sent = [callback["json"] for callback in clients.sink.callbacks()]
        bodies |= zip(names, sent[len(bodies) :], strict=True)
    return bodies


if __name__ == "__main__":
    for name, text in captured().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
