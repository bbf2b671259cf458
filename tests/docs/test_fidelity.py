"""The evidence ledger speaks of what is there: all routes, all poller keys, tests that exist."""

import json
import re
from functools import cache

from doc_pages import README, ROOT, exists

from elements_local.commands.fidelity import ledger
from elements_local.platform.configuration import poller_configuration
from elements_local.platform.elements.insightly.definition import INSIGHTLY
from elements_local.start import in_process

LEDGER = ledger()


@cache
def operations(service):
    """Return a service's views, and which of them are below /_local."""
    with in_process() as stack:
        reply = stack.http.send("GET", f"{getattr(stack.addresses, service)}/_local/openapi.json")
    return {
        view_of(operation["operationId"]): path.startswith("/_local")
        for path, methods in json.loads(reply.body)["paths"].items()
        for operation in methods.values()
        if isinstance(operation, dict)
    }


def view_of(operation):
    """Return the view of an operation; it may take several methods, and be reached by id and by token."""
    return ".".join(operation.split(".")[:2]).replace("_of_token.", ".")


def test_the_tests_of_each_behaviour_exist():
    gone = [(entry.behaviour, test) for entry in LEDGER for test in entry.tests if not exists(test)]

    assert gone == []


def test_a_name_is_that_of_a_test_or_of_a_recorded_sequence():
    here, sink = "tests/docs/test_fidelity.py", "corpus: tests/service/sink/test_admin.py"

    assert all(map(exists, (here, f"{here}::test_every_route_is_spoken_of_and_no_other")))
    assert exists(f"{sink}::test_what_is_no_admin_route_is_refused_and_not_recorded")
    assert not any(map(exists, (f"{here}::test_nothing", sink)))


def test_every_route_is_spoken_of_and_no_other():
    spoken_of = {view_of(route) for entry in LEDGER for route in entry.routes}
    platform = operations("platform")
    there = {view for service in ("platform", "crm", "sink") for view in operations(service)}

    assert not {view for view, local in platform.items() if not local} - spoken_of, "routes without an entry"
    assert not spoken_of - there, "entries about routes that are not there"


class Watched(dict):
    """An entry of a configuration that knows which keys it was asked for."""

    def __init__(self, asked, **keys):
        super().__init__(**keys)
        self.asked = asked

    def get(self, key, default=None):
        self.asked.add(key)
        return super().get(key, default)


def test_every_poller_key_is_spoken_of():
    asked = set()
    entry = Watched(asked, url="/x", datesConfiguration=Watched(asked))

    poller_configuration._from_entry("contacts", entry)

    instance_keys = {key.key for key in INSIGHTLY.keys if key.key.startswith("event.poller")}
    read = asked | instance_keys | {*poller_configuration.KEYS, poller_configuration.REFRESH_INTERVAL}
    assert {"url", "idField", "pollDelay", "createdDateTimezone"} <= asked
    assert not read - {key for entry in LEDGER for key in entry.keys}


NEAR_THE_LOOP = {"callbacks", "events", "instances", "polling", "Lists and conditions"}
"""Areas, and the topic of hub lists, of what every client of events goes through."""


def near_the_loop():
    return [entry for entry in LEDGER if {entry.area, entry.topic} & NEAR_THE_LOOP]


def test_what_is_assumed_near_the_loop_says_who_would_notice_if_the_vendor_did_otherwise():
    assumed = [entry for entry in near_the_loop() if entry.evidence == "assumed"]

    assert [entry.behaviour for entry in assumed if not entry.difference] == [], "`difference` says it"
    assert [entry.behaviour for entry in LEDGER if entry.difference and entry.evidence != "assumed"] == []


def test_a_row_near_the_loop_names_the_sequence_that_holds_it_and_not_a_file_of_them():
    whole = [entry for entry in near_the_loop() if any("tests/corpus/" in test for test in entry.tests)]

    assert [entry.behaviour for entry in whole] == [], "after `corpus:` stands the name of a sequence"


def test_no_row_with_a_source_says_that_part_of_it_is_assumed():
    admits = re.compile(r"assum|inferr", re.IGNORECASE)
    sourced = [entry for entry in LEDGER if entry.evidence != "assumed"]

    assert [each.behaviour for each in sourced if admits.search(f"{each.source} {each.behaviour}")] == []


def test_the_readme_says_how_much_is_assumed():
    assumed = sum(entry.evidence == "assumed" for entry in LEDGER)

    assert f"{assumed} of {len(LEDGER)} behaviours" in README.read_text("utf-8")


def test_no_topic_is_dropped_since_a_file_has_it_twice():
    files = (ROOT / "platform" / "elements_local" / "evidence").glob("*.yaml")

    written = [line for file in files for line in file.read_text("utf-8").splitlines()]
    assert sum(line.startswith("- behaviour: ") for line in written) == len(LEDGER)


def test_no_behaviour_is_listed_twice():
    said = [entry.behaviour for entry in LEDGER]

    assert len(said) == len(set(said))
