"""A table of causes by CRMs: each cause that can be planted is named alike at each CRM, and its cure, applied as it is printed, mends it.

A check tries the cure of a few, a long run that of each.
"""

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from examples import LONG, drawn
from planted import Planted, lived

from elements_local.platform.explain.cause import Cause

PLAIN = Path(__file__).parents[1] / "support" / "vendors" / "plain.yaml"
ISO = "yyyy-MM-dd'T'HH:mm:ss'Z'"
WRITTEN = "yyyy-MM-dd HH:mm:ss"
CRMS: dict[str, dict[str, Any]] = {
    "insightly": {
        "list": {"path": "/v2.2/contacts*"},
        "empty": [],
        "other": "leads",
        "key": "CONTACT_ID",
        "name": "FIRST_NAME",
        "new": {"FIRST_NAME": "Ada"},
        "updated": "DATE_UPDATED_UTC",
        "created": "DATE_CREATED_UTC",
        "changed": "DATE_UPDATED_UTC",
        "since": "updated_after_utc=",
        "when": f"${{gmtDate:{WRITTEN}}}",
        "when exactly": f"${{gmtDate:{WRITTEN}}}",
        "when elsewhere": f"${{dateTimeZone:Asia/Tokyo:{WRITTEN}}}",
        "when by months": "${gmtDate:yyyy-MM-dd HH:MM:ss}",
        "when it begins": f"${{nowTimeZone:GMT:{WRITTEN}}}",
    },
    "hubspotcrm": {
        "list": {"path": "*/search"},
        "empty": {"results": []},
        "other": "accounts",
        "key": "vid",
        "name": "properties.lastname",
        "new": {"properties": {"lastname": "Ada"}},
        "updated": "properties.lastmodifieddate",
        "created": "properties.createdate",
        "changed": "lastmodifieddate",
        "since": "lastmodifieddate=",
        "when": "${date}",
        "when exactly": "${milliseconds}",
        "when elsewhere": f"${{dateTimeZone:Asia/Tokyo:{ISO}}}",
        "when by months": "${gmtDate:yyyy-MM-dd'T'HH:MM:ss'Z'}",
        "when it begins": f"${{nowTimeZone:GMT:{ISO}}}",
    },
    "plain": {
        "list": {"path": "/contacts", "method": "GET"},
        "empty": {"records": []},
        "other": "deals",
        "key": "number",
        "name": "name",
        "new": {"name": "Ada"},
        "updated": "changed",
        "created": "made",
        "changed": "changed",
        "since": "changed>",
        "when": "${date}",
        "when exactly": f"${{dateTimeZone:America/Denver:{WRITTEN}}}",
        "when elsewhere": f"${{gmtDate:{WRITTEN}}}",
        "when by months": "${dateTimeZone:America/Denver:yyyy-MM-dd HH:MM:ss}",
        "when it begins": f"${{nowTimeZone:America/Denver:{WRITTEN}}}",
    },
}
"""What a row's words stand for; `plain` writes its dates in a zone of its own."""

FILES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "lagging": (
        "  paging:",
        "  lag_s: 60\n  paging:",
        {"cause": "index-lag", "story": ["14m 30s", "create", "30m"]},
    ),
    "capped": (
        "  paging:",
        "  cap: 1\n  paging:",
        {
            "cause": "list-cut",
            "story": ["1m", "create bob", "8m", "create", "15m"],
            "incurable": "none of the changes that were tried helps",
        },
    ),
    "of milliseconds": (
        f', format: "{WRITTEN}", zone: America/Denver',
        "",
        {
            "cause": "wrong-pattern",
            "block": {"url": "/hubs/crm/contacts?where=changed>'${milliseconds}'"},
            "dates": {"updatedDateFormat": WRITTEN, "createdDateFormat": WRITTEN},
        },
    ),
    "newest first": (
        "  paging:",
        "  order: {by: created, descending: true}\n  paging:",
        {
            "cause": "list-ended",
            "block": {"url": "/hubs/crm/contacts", "pageSize": 2},
            "story": ["1m", "create", "create bob", "create cleo", "create dora", "15m", "update", "15m"],
            "expected": "UPDATED",
        },
    ),
}
"""Further vendor files, each the plain one with a part replaced, and the cause which that leads to."""

UNPLANTED = {Cause.POLL_OVERLAP, Cause.NOT_SENT_YET, Cause.PASSED_OVER, Cause.PLATFORM_FAULT}
"""Causes that no story brings about at any CRM: a change while a poll is under way, a callback that is not sent at once on a virtual
clock, a record that no other cause explains, and a fault of the platform itself."""

WITHOUT_FAULT = {"page-shift", "field-renamed", "page-overlap"}
"""Those for which a vendor file's fake has no fault; their rows say so."""


def rows(element):
    """Yield each row of the table at a CRM, and why it cannot be planted there, if it cannot."""
    words = CRMS[element]
    table = Path(__file__).with_name("causes_by_crm.yaml").read_text("utf-8")
    for row in yaml.safe_load(table.replace("<other>", words["other"])):
        differs = row.pop("at", {}).get(element, {})
        here = {**row, "name": f"{row['name']}, at {element}", "element": element, "words": words}
        why = differs if isinstance(differs, str) else ""
        yield msgspec.convert(here if why else {**here, **differs}, Planted), why


def rows_of_files():
    """Yield a row at each of the further files, whose names are those of the rows."""
    for name, (_, _, row) in FILES.items():
        element = name.replace(" ", "_")
        yield msgspec.convert({"name": name, "element": element, "words": CRMS["plain"], **row}, Planted)


TABLE = [each for element in CRMS for each in rows(element)]
ROWS = [*(row for row, why in TABLE if not why), *rows_of_files()]
ELSEWHERE = [each for each in ROWS if each.element != "insightly"]


@pytest.fixture(scope="module")
def live(stack_set_to, tmp_path_factory):
    """Return what lives through a row, and returns the world."""
    folder, plain = tmp_path_factory.mktemp("vendors"), PLAIN.read_text("utf-8")
    for name, (there, instead, _) in FILES.items():
        element = name.replace(" ", "_")
        text = plain.replace("vendor: plain", f"vendor: {element}").replace("api.plain", f"api.{element}")
        (folder / f"{element}.yaml").write_text(text.replace(there, instead), "utf-8")
    vendors = ",".join(["hubspotcrm", str(PLAIN), *map(str, sorted(folder.iterdir()))])
    settings = {"ELEMENTS_LOCAL_VENDORS": vendors}
    return lambda planted: lived(stack_set_to({**settings, **planted.settings}), planted)


@pytest.mark.parametrize("planted", ROWS if LONG else ELSEWHERE, ids=str)
def test_a_cause_is_named_alike_at_each_crm(planted, live):
    world = live(planted)
    said = world.clients.platform.explain(**world.asked(), cures=False)

    assert (said["cause"], said["why"]) == (planted.cause, said["why"])


@pytest.mark.parametrize("planted", drawn(ROWS, share=60), ids=str)
def test_its_cure_as_it_is_printed_has_the_next_like_change_reported_once(planted, live, record_property):
    world = live(planted)
    said = world.clients.platform.explain(**world.asked())
    fix = said["fix"]
    record_property(
        "figures", f"{said['cause']}; {fix['patch'] or fix['change'] if fix else said['untried']}"
    )
    if planted.incurable:
        assert planted.incurable in said["untried"]
        assert fix is None or fix["tried"] is None
        return

    assert fix is not None, said["untried"]
    assert fix["tried"], fix
    assert fix["where"] == planted.where
    world.mend(fix)

    assert [event["eventType"] for event in world.again(said)] == [planted.expected], fix
    assert [event["eventType"] for event in world.events_of("again")].count("CREATED") == 1


@pytest.mark.parametrize("element", CRMS)
def test_every_cause_is_planted_at_each_crm_or_it_is_said_why_it_cannot_be(element):
    those = [(row, why) for row, why in TABLE if row.element == element]

    assert {*Cause} - {Cause.named(row.cause) for row, _ in those} == UNPLANTED
    assert {row.cause for row, why in those if why} == (set() if element == "insightly" else WITHOUT_FAULT)
    assert len({row.name for row, _ in those}) == len(those)
