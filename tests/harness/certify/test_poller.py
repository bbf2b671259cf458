"""The battery for pollers: a right one passes every check, and each wrong one fails those that its row lists and no other."""

import json
import os
import re
import signal
import sys
from base64 import b64encode
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Event
from zoneinfo import ZoneInfo

import pytest
from command import call
from deadline import DEADLINE_S
from examples import drawn
from processes import ended, has_ended, started

from elements_local import commands
from elements_local.certify.poller.certification import BATTERY, certify_poller
from elements_local.certify.poller.command import CommandRunner, Ended
from elements_local.certify.poller.judgement import Leniency
from elements_local.certify.poller.kills import Kill, KillPlace, in_words, kills_at_reports, kills_at_requests
from elements_local.certify.poller.reported import Reader, RecordPaths
from elements_local.certify.poller.trial import PollerTerms
from elements_local.certify.scorecard import write_html, write_junit
from elements_local.platform.audit.oracle import ExpectedEventType
from elements_local.platform.elements import vendors
from elements_local.stack.output_files import OutputFile
from elements_local.start import Options, in_process

PAGE = 4
HUBSPOT = Path(vendors.__file__).parent / "hubspotcrm.yaml"
SUPPORT = Path(__file__).parents[2] / "support"
TEMPLATES = Path(commands.__file__).parent / "templates"
JSON = {"Content-Type": "application/json"}
MINUTE = timedelta(minutes=1)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
PAGE_OVER = object()
"""What a poller's list yields once all records of a page have been taken."""


class FailedError(Exception):
    """The CRM refused something."""


class KilledError(Exception):
    """The poller is killed here."""


@dataclass(frozen=True, kw_only=True)
class Poller:
    """A right poller; every field that is changed makes it wrong in one way."""

    back: timedelta = timedelta(minutes=5)
    cursor: str = "latest"
    knows_by: str = "id and date"
    paging: str = "position"
    names: str = "by the window"
    on_error: str = "fails"
    zone: str = "UTC"
    empty: str = "stays"
    keeps: str = "at the end"
    gap: timedelta | None = None
    date: str | None = None
    writes: bool = False
    of_old: str = "passes over"
    ends: str = "at nothing new"
    asks: str = "for what changed"
    reads: str = "the list"
    compares: str = "dates"

    def run(self, environment, fetch):
        by_snapshots = self.compares == "snapshots"
        return self._compared(environment, fetch) if by_snapshots else self._by_dates(environment, fetch)

    def _by_dates(self, environment, fetch):
        by_message = self.keeps == "as a message"
        state = (
            Path(environment["ELEMENTS_LOCAL_STATE_FILE"])
            if by_message
            else Path(environment["ELEMENTS_LOCAL_STATE_DIR"], "kept.json")
        )
        now = instant(environment["ELEMENTS_LOCAL_NOW"])
        kept = {"cursor": environment["ELEMENTS_LOCAL_START"], "known": {}}
        kept |= json.loads(state.read_text()) if state.exists() else {}
        since = self._since(kept["cursor"], environment) - self.back
        since = max(since, now - self.gap) if self.gap else since
        first = instant(environment["ELEMENTS_LOCAL_START"]) if self.names == "from the start" else since
        if self.keeps == "at the start":
            state.write_text(json.dumps({**kept, "cursor": written(now)}))
        known, latest = kept["known"], None
        for contact in self._found(fetch, since, environment):
            if contact is PAGE_OVER:
                if self.keeps == "with each page":
                    state.write_text(json.dumps({**kept, "known": known}))
                continue
            latest = max(filter(None, (latest, self._read(contact["DATE_UPDATED_UTC"], environment))))
            name = str(contact["FIRST_NAME" if self.knows_by == "name" else "CONTACT_ID"])
            mark = contact["DATE_UPDATED_UTC"] if self.knows_by in {"id and date", "name"} else "known"
            if self.knows_by != "nothing" and known.get(name) == mark:
                continue
            yield {
                "resource": environment["ELEMENTS_LOCAL_RESOURCE"],
                "id": contact["CONTACT_ID"],
                "change": self._change(contact, name, known, max(since, first)),
                **({"updated": contact[self.date]} if self.date else {}),
            }
            if self.writes:
                changed = {"CONTACT_ID": contact["CONTACT_ID"], "LAST_NAME": f"Seen at {written(now)}"}
                fetch("/v3.1/Contacts", changed)
            known[name] = mark
        cursor = {"latest": latest and max(latest, instant(kept["cursor"])), "now": now}[self.cursor]
        if cursor is None:
            cursor = now if self.empty == "now" else instant(kept["cursor"])
        left = {"cursor": written(cursor), "known": known}
        if by_message:
            yield {"type": "STATE", "value": left}
        else:
            state.write_text(json.dumps(left))

    def _found(self, fetch, since, environment):
        """Yield what is listed, as it is now if each is read again, without what is old."""
        for listed in self._listed(fetch, LONG_AGO if self.asks == "for everything" else since):
            is_read = listed is not PAGE_OVER and self.reads == "each again"
            contact = self._one(fetch, listed["CONTACT_ID"]) if is_read else listed
            if contact is None:  # deleted since
                continue
            is_old = contact is not PAGE_OVER and self._read(contact["DATE_UPDATED_UTC"], environment) < since
            if is_old and self.of_old == "ends":
                return
            if not is_old or self.of_old == "reports":
                yield contact

    def _compared(self, environment, fetch):
        """List all there is, and yield what differs from what the last run kept: there is no cursor and no condition."""
        kept = Path(environment["ELEMENTS_LOCAL_STATE_DIR"], "snapshot.json")
        before = json.loads(kept.read_text()) if kept.exists() else None
        listed = {
            str(each["CONTACT_ID"]): each["DATE_UPDATED_UTC"]
            for each in self._listed(fetch, LONG_AGO)
            if each is not PAGE_OVER
        }
        for number, date in listed.items():
            if before is not None and before.get(number) != date:
                change = "updated" if number in before else "created"
                yield {"resource": environment["ELEMENTS_LOCAL_RESOURCE"], "id": number, "change": change}
        kept.write_text(json.dumps((before or {}) | listed))

    def _since(self, cursor, environment):
        at, now, start = map(
            instant, (cursor, environment["ELEMENTS_LOCAL_NOW"], environment["ELEMENTS_LOCAL_START"])
        )
        zone = ZoneInfo(environment.get("TZ", "UTC"))
        local, local_now, local_start = (each.astimezone(zone) for each in (at, now, start))
        if self.zone == "differences of local times":
            return now - (local_now.replace(tzinfo=None) - local.replace(tzinfo=None))
        if self.zone == "the later of two local times":
            return local.replace(fold=1).astimezone(UTC)
        if self.zone == "the offset of the start":
            return (local.replace(tzinfo=UTC)) - local_start.utcoffset()
        return at

    def _listed(self, fetch, since):
        place, seen = 0, set()
        while place is not None:
            status, page, following = self._page(fetch, since, place)
            if status != 200 and self.on_error == "fails":
                raise FailedError(status)
            marks = {(each["CONTACT_ID"], each["DATE_UPDATED_UTC"]) for each in page}
            if status != 200 or not page or (self.ends == "at nothing new" and marks <= seen):
                return
            seen |= marks
            yield from page
            yield PAGE_OVER
            if self.paging == "none":
                return
            if self.paging == "date":
                since = max(instant(contact["DATE_UPDATED_UTC"]) for contact in page)
            else:
                place = following

    def _page(self, fetch, since, skip):
        status, page = fetch(
            f"/v3.1/Contacts/Search?updated_after_utc={written(since)}&top={PAGE}&skip={skip}"
        )
        return status, page if status == 200 else [], skip + PAGE

    def with_key(self, path, _key):
        return path

    def _one(self, fetch, number):
        status, record = fetch(f"/v3.1/Contacts/{number}")
        return self._there(status, record)

    def _there(self, status, record):
        if status not in {200, 404}:
            raise FailedError(status)
        return record if status == 200 else None

    def _read(self, text, environment):
        if self.zone == "dates are local" and "TZ" in environment:
            return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(environment["TZ"])).astimezone(UTC)
        return instant(text)

    def _change(self, contact, name, known, since):
        created = instant(contact["DATE_CREATED_UTC"])
        if self.names == "by equal dates":
            return "created" if contact["DATE_CREATED_UTC"] == contact["DATE_UPDATED_UTC"] else "updated"
        return "created" if created >= since and name not in known else "updated"


@dataclass(frozen=True, kw_only=True)
class HubSpotPoller(Poller):
    """The same for HubSpot's search."""

    def _page(self, fetch, since, after):
        modified, newest_first = "lastmodifieddate", self.of_old == "ends"
        wanted = {"propertyName": modified, "operator": "GTE", "value": str(round(since.timestamp() * 1000))}
        status, page = fetch(
            "/crm/v3/objects/contacts/search",
            {
                "filterGroups": [] if newest_first else [{"filters": [wanted]}],
                "sorts": [
                    {"propertyName": modified, "direction": "DESCENDING" if newest_first else "ASCENDING"}
                ],
                "properties": ["lastname", "createdate", modified],
                "limit": PAGE,
                "after": after,
            },
            "POST",
        )
        found = [
            as_insightly(each["id"], each["properties"], "createdate", modified, "lastname")
            for each in page.get("results", ())
        ]
        return status, found, page.get("paging", {}).get("next", {}).get("after")

    def _one(self, fetch, number):
        asked = "properties=lastname,createdate,lastmodifieddate"
        status, record = fetch(f"/crm/v3/objects/contacts/{number}?{asked}")
        there = self._there(status, record)
        return there and as_insightly(
            number, there["properties"], "createdate", "lastmodifieddate", "lastname"
        )


@dataclass(frozen=True, kw_only=True)
class ById(HubSpotPoller):
    """Goes from page to page by the id of the last record, as a search has so many records of all pages."""

    def _page(self, fetch, since, last):
        changed = {
            "propertyName": "lastmodifieddate",
            "operator": "GTE",
            "value": str(round(since.timestamp() * 1000)),
        }
        further = {"propertyName": "hs_object_id", "operator": "GT", "value": str(last)}
        status, page = fetch(
            "/crm/v3/objects/contacts/search",
            {
                "filterGroups": [{"filters": [changed, further]}],
                "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
                "properties": ["lastname", "createdate", "lastmodifieddate"],
                "limit": PAGE,
            },
            "POST",
        )
        names = "createdate", "lastmodifieddate", "lastname"
        found = [as_insightly(each["id"], each["properties"], *names) for each in page.get("results", ())]
        return status, found, max((int(each["id"]) for each in page.get("results", ())), default=None)


@dataclass(frozen=True, kw_only=True)
class SmallPoller(Poller):
    """The same for a file of a vendor's that cannot delete."""

    def _page(self, fetch, since, start):
        status, page = fetch(f"/v1/deals?limit={PAGE}&start={start}&since={written(since)}")
        found = [
            as_insightly(each["id"], each, "created_at", "updated_at", "title")
            for each in page.get("data", ())
        ]
        return status, found, page.get("more", {}).get("next_start")


@dataclass(frozen=True, kw_only=True)
class PipesPoller(Poller):
    """The same for a file that `vendor new` begins with, whose key is a parameter."""

    def with_key(self, path, key):
        return f"{path}{'&' if '?' in path else '?'}api_token={key}"

    def _page(self, fetch, since, start):
        status, page = fetch(f"/v1/deals?limit={PAGE}&start={start}&since={since:%Y-%m-%d+%H:%M:%S}")
        found = [self._as_insightly(each) for each in page.get("data") or ()]
        following = page.get("additional_data", {}).get("pagination", {})
        return (
            status,
            found,
            following.get("next_start") if following.get("more_items_in_collection") else None,
        )

    def _one(self, fetch, number):
        status, record = fetch(f"/v1/deals/{number}")
        there = self._there(status, record)
        return there and self._as_insightly(there["data"])

    def _as_insightly(self, deal):
        return as_insightly(deal["id"], deal, "add_time", "update_time", "title")


def as_insightly(number, fields, created, updated, name):
    return {
        "CONTACT_ID": number,
        "DATE_CREATED_UTC": fields[created],
        "DATE_UPDATED_UTC": fields[updated],
        "FIRST_NAME": fields[name],
    }


def instant(text):
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def written(at):
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def runner_of(poller, http, *, posts=False):
    """Run a poller within the process of the test; it reports by lines, or at the sink."""

    def run(environment, _now, kill=None):
        key = environment["ELEMENTS_LOCAL_CRM_API_KEY"]
        met = Counter()

        def comes_to(place, last=KillPlace.REQUEST):
            met[place] += 1
            if kill and kill.place in {place, last} and met[place] == kill.number:
                raise KilledError

        basic = b64encode(f"{key}:".encode()).decode()
        credential = f"Bearer {key}" if isinstance(poller, HubSpotPoller | SmallPoller) else f"Basic {basic}"

        def fetch(path, sent=None, method="PUT"):
            url = environment["ELEMENTS_LOCAL_CRM_URL"] + poller.with_key(path, key)
            headers = {"Authorization": credential, "User-Agent": "poller"}
            comes_to(KillPlace.ANSWER)
            if sent is None:
                reply = http.send("GET", url, headers=headers)
            else:
                reply = http.send(method, url, headers=headers | JSON, body=json.dumps(sent).encode())
            return reply.status, json.loads(reply.body or "null")

        lines, failure, killed = [], "", False
        try:
            for message in poller.run(environment, fetch):
                if posts:
                    http.send(
                        "POST",
                        environment["ELEMENTS_LOCAL_REPORT_URL"],
                        headers=JSON,
                        body=json.dumps(message).encode(),
                    )
                else:
                    lines.append(f"{json.dumps(message)}\n")
                    comes_to(KillPlace.LINE, last=None)
        except FailedError as error:
            failure = f"ended, as the CRM answered {error}"
        except KilledError:
            killed = True
        return Ended(output="".join(lines).encode(), failure=failure, killed=killed)

    return run


@pytest.fixture
def reader():
    paths = RecordPaths(id="CONTACT_ID", updated="DATE_UPDATED_UTC", updated_format="yyyy-MM-dd HH:mm:ss")
    return Reader(streams=["contacts"], paths=paths)


@pytest.fixture(scope="module")
def stack():
    files = f"hubspotcrm,{SUPPORT / 'vendors/small.yaml'},{TEMPLATES / 'vendors/offsets.yaml'}"
    vendors = {"ELEMENTS_LOCAL_VENDORS": files}
    with in_process(Options(environment={"ELEMENTS_LOCAL_KEEP_TIES": "true", **vendors})) as running:
        yield running


RESOURCES = {
    HubSpotPoller: "hubspotcrm/contacts",
    ById: "hubspotcrm/contacts",
    SmallPoller: "small/deals",
    PipesPoller: "pipes/deals",
}


def certified(stack, poller, **given):
    only, posts = given.pop("only", ()), given.pop("posts", False)
    resource = next(
        (name for kind, name in RESOURCES.items() if isinstance(poller, kind)), "insightly/contacts"
    )
    given = {"resource": resource, **given}
    terms = PollerTerms(runner=runner_of(poller, stack.http, posts=posts), page=PAGE, **given)
    return certify_poller(stack, terms, title="poller", only=only)


VENDORS = {"Insightly": Poller, "HubSpot": HubSpotPoller, "a file": PipesPoller}
NONE = timedelta(0)
KILLED = ["killed-at-a-request", "killed-as-it-reports"]
MADE = [name for name, check in BATTERY.items() if not check.if_named]
EVERY = " ".join(MADE)
STANDING = "deletion-between-pages place-ignored page-repeated"
ZONES = "zone-west zone-east clocks-forward clocks-back"
PAGED = "update-between-pages deletion-between-pages condition-ignored place-ignored page-repeated list-never-empty order-not-kept"
ERRORS = "429-with-retry-after 429-without-retry-after 500-once"
WRONG_ANYWHERE = {
    "remembers nothing that it has reported": ({"knows_by": "nothing"}, EVERY),
    "knows records by a name": ({"knows_by": "name"}, "made-again"),
    "tells created from updated by equal dates": ({"names": "by equal dates"}, "update-right-after-create"),
    "takes an error for an empty list": (
        {"on_error": "ignores", "cursor": "now"},
        f"failed-page {ERRORS}",
    ),
    "reads dates in the machine's zone": ({"zone": "dates are local"}, ZONES),
    "reckons with local times": ({"zone": "differences of local times"}, "clocks-back"),
    "keeps the zone's offset": ({"zone": "the offset of the start"}, "clocks-forward"),
    "asks for an interval alone": (
        {"gap": timedelta(minutes=20)},
        f"failed-page {' '.join(KILLED)} {ERRORS} long-gap",
    ),
    "reports the date of making for that of the change": (
        {"date": "DATE_CREATED_UTC"},
        "update-between-pages update-right-after-create updated-again",
    ),
    "relies on the condition that it asks for": ({"of_old": "reports"}, "condition-ignored"),
    "reads until a page is empty": ({"ends": "at an empty page"}, "place-ignored list-never-empty"),
    "keeps the cursor first": ({"keeps": "at the start"}, f"failed-page {' '.join(KILLED)} {ERRORS}"),
}
"""Pollers that are wrong in one way, and the checks that they fail, whichever vendor they poll."""

ONE_PAGE = f"out-of-order {PAGED} equal-dates cap failed-page {' '.join(KILLED)}"
WRONG = {
    **{
        f"{name}, of {vendor}": (kind(**fields), fails)
        for name, (fields, fails) in WRONG_ANYWHERE.items()
        for vendor, kind in VENDORS.items()
    },
    "takes the time of the run for the cursor": (
        Poller(cursor="now", back=NONE),
        f"two-in-one-second late-visibility out-of-order update-between-pages {STANDING} cap clock-behind empty-run",
    ),
    "loses its cursor in an empty run": (
        Poller(empty="now", back=NONE),
        f"two-in-one-second late-visibility out-of-order {STANDING} clock-ahead empty-run",
    ),
    "knows records by their ids alone": (Poller(knows_by="id"), "update-between-pages updated-again"),
    "knows records of HubSpot by their ids alone": (HubSpotPoller(knows_by="id"), "updated-again"),
    "reads one page": (Poller(paging="none"), ONE_PAGE),
    "reads one page of HubSpot": (HubSpotPoller(paging="none"), ONE_PAGE),
    "goes from page to page by date": (
        Poller(paging="date"),
        f"{PAGED} equal-dates failed-page {' '.join(KILLED)}",
    ),
    "reads dates in the machine's zone, and remembers nothing": (
        Poller(zone="dates are local", knows_by="nothing", back=NONE),
        f"two-in-one-second out-of-order deletion-between-pages condition-ignored {STANDING.partition(' ')[2]} clock-ahead {ZONES}",
    ),
    "writes to what it reports": (Poller(writes=True), EVERY),
    "ends at the first record from before its cursor": (HubSpotPoller(of_old="ends"), "order-not-kept cap"),
}


def test_every_check_says_where_it_was_met_and_what_cures_it():
    assert [name for name, each in BATTERY.items() if not (each.hazard and each.rule and each.cure)] == []


DESIGNS = {
    "looks back, and knows what it has reported": {},
    "compares snapshots": {"compares": "snapshots"},
    "keeps what it knows with each page": {"keeps": "with each page"},
    "prints its state": {"keeps": "as a message"},
    "reads each record again": {"reads": "each again"},
    "asks for everything, and passes over what is old": {"asks": "for everything"},
}
RIGHT = {
    f"{design}, of {vendor}": kind(**fields)
    for design, fields in DESIGNS.items()
    for vendor, kind in VENDORS.items()
}


@pytest.mark.parametrize("name", drawn(RIGHT, share=3))
def test_a_right_poller_of_any_design_and_vendor_passes_every_check(stack, name):
    card = certified(stack, RIGHT[name])

    assert {result.name: result.why for result in card.results if result.outcome.value != "passed"} == {}
    assert [result.name for result in card.results] == MADE


@pytest.mark.parametrize("kind", [ById, HubSpotPoller])
def test_who_pages_by_position_never_gets_beyond_so_many_records_of_one_date(tmp_path, kind):
    name = ["equal-dates-beyond-cap"]
    text = HUBSPOT.read_text("utf-8")
    (tmp_path / "capped.yaml").write_text(text.replace("cap: 10000", "cap: 10"))
    vendors = {"ELEMENTS_LOCAL_VENDORS": str(tmp_path / "capped.yaml"), "ELEMENTS_LOCAL_KEEP_TIES": "true"}

    with in_process(Options(environment=vendors)) as running:
        (result,) = certified(running, kind(), only=name).results
    assert {finding.kind for finding in result.findings} == ({"failed"} if kind is HubSpotPoller else set())


def test_where_a_search_has_any_number_a_check_beyond_its_cap_is_skipped(stack):
    (result,) = certified(stack, Poller(), only=["equal-dates-beyond-cap"]).results

    assert (result.outcome.value, result.why) == (
        "skipped",
        "needs a CRM whose searches end at a cap of their own",
    )


def test_of_a_vendor_without_a_call_the_checks_that_need_it_are_skipped_with_the_reason(stack):
    card = certified(stack, SmallPoller())

    why = {result.name: result.why for result in card.results if result.outcome.value != "passed"}
    assert list(why) == ["made-again"]
    assert why["made-again"].startswith("needs a CRM that can delete: ")
    assert "Small CRM can delete no record: its file has no such call" in why["made-again"]


@pytest.mark.parametrize("name", drawn(WRONG, share=6))
def test_a_wrong_poller_fails_the_checks_of_its_row_and_no_other(stack, name):
    poller, fails = WRONG[name]
    assert " ".join(certified(stack, poller).failed) == fails


def test_who_calls_what_was_made_before_the_start_updated_is_right(stack):
    card = certified(
        stack, Poller(names="from the start"), only=["clock-behind", "update-right-after-create"]
    )

    assert card.failed == (), str(card)


def test_a_poller_that_reports_the_date_of_the_change_passes_every_check(stack):
    card = certified(stack, Poller(date="DATE_UPDATED_UTC"))

    assert card.failed == (), str(card)


def test_a_date_of_another_change_and_a_write_are_findings_of_their_own(stack):
    only = ["updated-again"]
    dated = certified(stack, Poller(date="DATE_CREATED_UTC"), only=only).results[0]
    wrote = certified(stack, Poller(writes=True), only=only).results[0]

    assert {finding.kind for finding in dated.findings} == {"misdated"}
    assert "with the date 2026-03-02T10:13:00Z, it was 2026-03-02T10:28:20Z" in dated.findings[0].text
    assert "wrote" in {finding.kind for finding in wrote.findings}
    assert "changed records, 1 times, and a poller reads" in str(wrote.why)


def test_what_a_row_lists_is_what_the_battery_has():
    named = {name for _, fails in WRONG.values() if fails != EVERY for name in fails.split()}

    # that one only a poller fails that reports twice what the second of a run has
    assert named == set(MADE) - {"second-of-a-run"}


class TakingFewAtFirst(Poller):
    """Takes the first page of all records until there was one, and reads on from its cursor then."""

    def _listed(self, fetch, since):
        object.__setattr__(self, "paging", "none" if self.is_first else "position")
        return super()._listed(fetch, LONG_AGO if self.is_first else since)

    def run(self, environment, fetch):
        there = Path(environment["ELEMENTS_LOCAL_STATE_DIR"], "kept.json")
        before = there.read_text() if there.exists() else None
        object.__setattr__(self, "is_first", not before or not json.loads(before)["known"])
        return super().run(environment, fetch)


def test_a_first_run_that_takes_a_few_records_is_over_when_the_checks_begin(stack):
    card = certified(stack, TakingFewAtFirst(of_old="reports"), only=["equal-dates", "out-of-order", "cap"])

    assert card.failed == (), str(card)


@pytest.mark.parametrize("minutes", [3, 10, 15, 30])
@pytest.mark.parametrize(
    ("zone", "fails"),
    [
        ("UTC", []),
        ("differences of local times", ["clocks-back"]),
        ("the offset of the start", ["clocks-forward"]),
        ("the later of two local times", ["clocks-back"]),
    ],
)
def test_the_hours_around_a_change_of_clocks_are_covered_at_every_interval(stack, minutes, zone, fails):
    only = ["clocks-forward", "clocks-back"]

    card = certified(stack, Poller(zone=zone, back=MINUTE), only=only, interval=minutes * MINUTE)

    assert list(card.failed) == fails, str(card)


def test_a_run_that_asks_for_what_it_has_is_a_finding(stack):
    (result,) = certified(stack, Poller(ends="at an empty page"), only=["list-never-empty"]).results

    (finding,) = result.findings
    assert (finding.kind, finding.text) == (
        "endless",
        "run 1 at 2026-03-02T10:15:00Z read 28 lists that had nothing new, expected 10 at the most",
    )


@pytest.mark.parametrize(
    ("given", "fails"),
    [
        pytest.param({}, "late-visibility", id="by the next run"),
        pytest.param({"within": 2}, "", id="by the second, where that is allowed"),
    ],
)
def test_who_waits_until_a_change_is_old_is_late(stack, given, fails):
    class Waiting(Poller):
        def _listed(self, fetch, since):
            return (
                each
                for each in super()._listed(fetch, since)
                if each is PAGE_OVER or each["DATE_UPDATED_UTC"] < self.until
            )

        def run(self, environment, fetch):
            object.__setattr__(
                self, "until", f"{instant(environment['ELEMENTS_LOCAL_NOW']) - 20 * MINUTE:%Y-%m-%d %H:%M:%S}"
            )
            return super().run(environment, fetch)

    card = certified(stack, Waiting(), only=["late-visibility"], allowed=Leniency(**given))

    assert " ".join(card.failed) == fails
    assert {finding.kind for result in card.results for finding in result.findings} == (
        {"late"} if fails else set()
    )


class AskingWhoItIs(Poller):
    """Asks for its user first, as many do to try their key."""

    def _listed(self, fetch, since):
        fetch("/v3.1/Users/Me")
        yield from super()._listed(fetch, since)


def test_a_call_before_the_first_page_hides_nothing(stack):
    only = ["update-between-pages", "429-with-retry-after", "500-once"]

    wrong = AskingWhoItIs(knows_by="id", on_error="ignores", cursor="now")

    assert list(certified(stack, wrong, only=only).failed) == only


class AskingForOwners(HubSpotPoller):
    """Makes other calls before the search."""

    def _listed(self, fetch, since):
        for _ in range(5):
            fetch("/crm/v3/owners")
        yield from super()._listed(fetch, since)


def test_a_finding_shows_what_its_lists_were_asked_for(stack):
    wrong = AskingForOwners(back=timedelta(0), knows_by="nothing")

    (result,) = certified(stack, wrong, only=["second-of-a-run"]).results

    history = result.findings[0].history
    asked = [line for line in history if line.startswith("  ")]
    search = '  POST /crm/v3/objects/contacts/search {"filterGroups": [{"filters": [{"propertyName": "lastmodifieddate"'
    assert asked
    assert [line for line in asked if not (line.startswith(search) and line.endswith(" -> 200"))] == []
    assert any(line.endswith("calls: 6") for line in history)


class ReadingEachAgain(Poller):
    """Lists, and then reads each record: what changed in between is reported by this very run."""

    def _listed(self, fetch, since):
        for contact in [each for each in super()._listed(fetch, since) if each is not PAGE_OVER]:
            yield fetch(f"/v3.1/Contacts/{contact['CONTACT_ID']}")[1]


class ListingTwice(Poller):
    """Lists twice, and reports both states of what changed in between."""

    def _listed(self, fetch, since):
        yield from super()._listed(fetch, since)
        yield from super()._listed(fetch, since)


@pytest.mark.parametrize("kind", [Poller, HubSpotPoller])
def test_who_compares_snapshots_of_one_page_passes_what_bends_pages(stack, monkeypatch, kind):
    monkeypatch.setitem(globals(), "PAGE", 100)

    card = certified(stack, kind(compares="snapshots"), only=PAGED.split())

    assert card.failed == (), str(card)


@pytest.mark.parametrize("kind", [ReadingEachAgain, ListingTwice])
def test_what_changes_during_a_run_may_be_reported_by_it_without_a_date(stack, kind):
    (result,) = certified(stack, kind(), only=["update-between-pages"]).results

    assert result.outcome.value == "passed", result.why


class AskingWhatIgnoresIt(Poller):
    """Asks a list that takes no condition on dates for what was updated, and relies on it."""

    def _listed(self, fetch, since):
        yield from super()._listed(lambda path: fetch(path.replace("/Search", "")), since)


def test_who_asks_a_list_that_ignores_its_condition_is_told_which_takes_it(stack):
    wrong, only = AskingWhatIgnoresIt(knows_by="nothing", of_old="reports"), ["second-of-a-run"]
    says = "/v3.1/Contacts ignores updated_after_utc: /v3.1/Contacts/Search takes it"

    (failed,) = certified(stack, wrong, only=only).results
    (passed,) = certified(stack, wrong, only=only, allowed=Leniency(repeats=True)).results
    (other,) = certified(stack, Poller(knows_by="nothing"), only=only).results

    assert {finding.kind for finding in failed.findings} == {"repeated"}
    assert failed.why.endswith(f"cure: {says}")
    assert other.why.endswith(f"cure: {BATTERY[only[0]].cure}")
    assert (passed.outcome.value, passed.note) == (
        "passed",
        f"allowed were 14 repeats of 6 records in 4 runs, {says}",
    )


def test_repeats_and_deletions_are_judged_as_asked(stack):
    forgetful = Poller(knows_by="nothing")
    deaf = {"only": ["made-again"], "allowed": Leniency(deletes=True)}

    repeating = certified(stack, forgetful, allowed=Leniency(repeats=True), only=["second-of-a-run", "cap"])
    (result,) = certified(stack, Poller(), **deaf).results

    assert repeating.failed == ()
    assert found_in(result) == [("missed", "DELETED")]


def found_in(result):
    return [(finding.kind, finding.text.partition(" ")[0]) for finding in result.findings]


class Dating(Poller):
    """Says which date it read."""

    def run(self, environment, fetch):
        def noting(path):
            status, page = fetch(path)
            dates.update((each["CONTACT_ID"], each["DATE_UPDATED_UTC"]) for each in page)
            return status, page

        dates = {}
        yield from ({**each, "updated": dates[each["id"]]} for each in super().run(environment, noting))


class Hearing(Poller):
    """Reports, too, what is no longer listed of what it has reported."""

    def run(self, environment, fetch):
        kept = Path(environment["ELEMENTS_LOCAL_STATE_DIR"], "heard.json")
        heard = set(json.loads(kept.read_text())) if kept.exists() else set()
        there = {each["CONTACT_ID"] for each in self._listed(fetch, LONG_AGO) if each is not PAGE_OVER}
        gone = heard - there
        yield from ({"resource": "contacts", "id": each, "change": "deleted"} for each in gone)
        for each in super().run(environment, fetch):
            there.add(each["id"])
            yield each
        kept.write_text(json.dumps([*there]))


@pytest.mark.parametrize(("kind", "missed"), [(Poller, 1), (Dating, 1), (Hearing, 0)])
def test_a_deletion_in_the_run_that_reported_the_record_is_owed(stack, kind, missed):
    allowed = Leniency(deletes=True)

    (result,) = certified(stack, kind(), only=["deletion-between-pages"], allowed=allowed).results

    assert found_in(result) == [("missed", "DELETED")] * missed, result.why


class ListingArchived(HubSpotPoller):
    """Reports, too, what the CRM lists as archived since it last looked; what it lists is read once more then."""

    says = "line"

    def run(self, environment, fetch):
        kept = Path(environment["ELEMENTS_LOCAL_STATE_DIR"], "archived.json")
        told = set(json.loads(kept.read_text())) if kept.exists() else set()
        yield from super().run(environment, fetch)
        after, archived = "", {}
        while after is not None:
            status, page = fetch(f"/crm/v3/objects/contacts?archived=true&limit={PAGE}&after={after}")
            if status != 200:
                raise FailedError(status)
            archived |= {each["id"]: each for each in page["results"]}
            following = page.get("paging", {}).get("next", {}).get("after")
            after = None if following == after else following
        for number in archived.keys() - told:
            if self.says == "line":
                yield {
                    "resource": "contacts",
                    "id": number,
                    "change": "deleted",
                    "updated": archived[number]["updatedAt"],
                }
            else:
                yield {"type": "RECORD", "stream": "contacts", "record": archived[number]}
        kept.write_text(json.dumps([*(told | archived.keys())]))


class TappingArchived(ListingArchived):
    """Says so as a Singer tap does, by the record as it was listed."""

    says = "record"


@pytest.mark.parametrize(
    ("kind", "fails"),
    [(ListingArchived, ""), (TappingArchived, ""), (HubSpotPoller, "deletion-between-pages made-again")],
)
def test_deletions_that_the_vendor_shows_are_owed_where_that_is_asked_for(stack, kind, fails):
    card = certified(stack, kind(), allowed=Leniency(deletes=True))

    assert " ".join(card.failed) == fails, str(card)


@pytest.mark.parametrize("allowed", [Leniency(), Leniency(repeats=True)])
def test_an_id_that_no_record_has_is_a_finding_whatever_is_allowed(stack, allowed):
    class Adding(Poller):
        def run(self, environment, fetch):
            yield from super().run(environment, fetch)
            yield {"resource": "contacts", "id": 5}

    (result,) = certified(stack, Adding(), only=["two-in-one-second"], allowed=allowed).results

    (finding,) = result.findings
    assert (finding.kind, finding.record_id) == ("unknown", "5")
    assert finding.text == "run 0 at 2026-03-02T10:00:00Z reported it, and no record has this id"


def test_calls_that_the_journal_no_longer_has_are_said_not_to_be_kept(stack):
    class Busy(Poller):
        def run(self, environment, fetch):
            for _ in range(150):
                fetch("/v3.1/Users/Me")
            yield from super().run(environment, fetch)

    (result,) = certified(stack, Busy(knows_by="id"), only=["updated-again"]).results

    calls = [line.rpartition("calls: ")[2] for line in result.findings[0].history if "calls: " in line]
    assert calls == ["not kept", "the last 42", "152", "152", "152"]


def test_reports_are_taken_at_the_sink_as_well(stack):
    card = certified(stack, Poller(back=NONE), posts=True, only=["two-in-one-second", "long-gap"])

    assert [(result.outcome.value, result.count) for result in card.results] == [("failed", 1), ("passed", 0)]


@pytest.mark.parametrize("posts", [False, True])
def test_words_of_a_poller_are_shown_short_masked_and_escaped(stack, tmp_path, posts):
    keys = set()

    def run(environment, _now):
        strange = f"\x1b[2J\n\x9b{environment['ELEMENTS_LOCAL_CRM_API_KEY']}" + "x" * 1000
        said = json.dumps([{"resource": "contacts", "id": strange}]).encode()
        if posts:
            stack.http.send("POST", environment["ELEMENTS_LOCAL_REPORT_URL"], headers=JSON, body=said)
        ended = Ended(
            output=strange.encode() if posts else said, failure="" if keys else "ended", errors=strange
        )
        keys.add(environment["ELEMENTS_LOCAL_CRM_API_KEY"])
        return ended

    terms = PollerTerms(runner=run, page=PAGE)
    card = certify_poller(stack, terms, title="poller", only=["two-in-one-second"])
    write_junit(OutputFile(path=tmp_path / "it.xml"), card)
    write_html(OutputFile(path=tmp_path / "it.html"), card)

    shown = [str(card), json.dumps(card.to_json(), ensure_ascii=False)]
    shown += [(tmp_path / name).read_text("utf-8") for name in ("it.xml", "it.html")]
    assert "contacts/\\x1b[2J\\n\\x9b********xx" in shown[0]
    for text in shown:
        assert not {"\x1b", "\x9b"} & {*text}
        assert not [key for key in keys if key in text]
    assert max(len(each.record_id) for result in card.results for each in result.findings) < 300


PROGRAM = """
import base64, json, os, sys, urllib.request
env = {name.removeprefix("ELEMENTS_LOCAL_"): value for name, value in os.environ.items()}
print("starting", file=sys.stderr)
kept = os.path.join(env["STATE_DIR"], "cursor")
since = open(kept).read() if os.path.exists(kept) else env["START"]
key = base64.b64encode(f"{env['CRM_API_KEY']}:".encode()).decode()
url = f"{env['CRM_URL']}/v3.1/Contacts/Search?updated_after_utc={since}"
asked = urllib.request.Request(url, headers={"Authorization": f"Basic {key}"})
try:
    found = json.load(urllib.request.urlopen(asked))
except OSError as error:
    sys.exit(f"{error}, asked with {key}")
for contact in found:
    print(json.dumps({"resource": "contacts", "id": contact["CONTACT_ID"], "change": "created"}))
open(kept, "w").write(env["NOW"])
"""


def certify(tmp_path, words, program=PROGRAM):
    (tmp_path / "poller.py").write_text(program)
    return call("certify", "poller", *words.split(), "--", sys.executable, "poller.py", cwd=tmp_path)


def test_a_program_is_run_and_its_scorecard_is_the_same_each_time(tmp_path):
    words = "--only two-in-one-second --only long-gap --json --junit it.xml --html it.html"

    first, again = (certify(tmp_path, f"{words} --jobs {jobs}") for jobs in (1, 3))

    assert (first.returncode, first.stdout) == (1, again.stdout)
    missed, passed = json.loads(first.stdout)["checks"]
    (finding, *_) = missed["findings"]
    assert (missed["outcome"], finding["kind"], passed["outcome"]) == ("failed", "missed", "passed")
    assert "2026-03-02T10:15:00Z CREATED" in finding["history"]
    assert "updated_after_utc=2026-03-02T10:15:00Z -> 200" in "\n".join(finding["history"])
    assert 'failures="1"' in (tmp_path / "it.xml").read_text()
    assert "Certificate of a poller" in (tmp_path / "it.html").read_text()


def test_a_program_is_killed_at_each_of_its_requests_and_lines_and_what_it_loses_is_found(tmp_path):
    """It keeps its cursor before it asks; with a page of two it asks once, and changes come four at a time."""
    keeps = 'open(kept, "w").write(env["NOW"])\n'
    at_once = 'open(kept + "~", "w").write(env["NOW"]); os.replace(kept + "~", kept)\n'
    late, early = PROGRAM.replace(keeps, at_once), PROGRAM.replace("url =", f"{keeps}url =")
    words = "--page-size 2 --json " + " ".join(f"--only {name}" for name in KILLED)

    posting = late.replace(
        'print(json.dumps({"resource": "contacts", "id": contact["CONTACT_ID"], "change": "created"}))',
        'said = json.dumps({"resource": "contacts", "id": contact["CONTACT_ID"]}).encode()\n'
        '    sent = urllib.request.Request(env["REPORT_URL"], said, {"Content-Type": "application/json"})\n'
        "    urllib.request.urlopen(sent)",
    )
    wrong, right, posts = (certify(tmp_path, words, program) for program in (early, late, posting))

    at_requests, _ = json.loads(wrong.stdout)["checks"]
    assert [finding["kind"] for finding in at_requests["findings"]] == ["missed"] * 8
    assert "; it was killed as request 1 arrives; calls: 1" in "\n".join(
        at_requests["findings"][0]["history"]
    )
    at_requests, at_lines = (check["note"] for check in json.loads(right.stdout)["checks"])
    assert at_requests == (
        "killed 2 times in 2 runs: as request 1 arrives; before the answer to request 1, its last, reaches it"
    )
    # after its last line it may have ended before
    assert re.fullmatch("killed [23] times in 3 runs: after line 1, 2, 3", at_lines)
    assert json.loads(posts.stdout)["checks"][1]["note"] == (
        "killed 6 times in 6 runs: before report 1, 2, 3 is taken; after report 1, 2, 3 is taken"
    )


def test_where_a_run_is_killed_is_bounded():
    numbers = [(kill.place.name, kill.number) for kill in kills_at_requests(50)]

    assert numbers == [*(("REQUEST", nth) for nth in (1, 2, 3, 48, 49, 50)), ("ANSWER", 50)]
    assert (kills_at_requests(0), kills_at_reports(0, 0)) == ([], [])
    assert in_words([], 0) == "killed 0 times in 0 runs: there was no place for it"


def test_the_checks_are_made_side_by_side():
    both = Barrier(2, timeout=DEADLINE_S)

    def runner(environment, _now):
        if environment["ELEMENTS_LOCAL_NOW"] == environment["ELEMENTS_LOCAL_START"]:
            both.wait()
        return Ended()

    with in_process(Options(environment={"ELEMENTS_LOCAL_KEEP_TIES": "true"})) as running:
        terms = PollerTerms(runner=runner, jobs=2)
        heard = []
        card = certify_poller(
            running,
            terms,
            title="it",
            only=["empty-run", "long-gap"],
            on_result=lambda it: heard.append(it.name),
        )

    assert heard == [result.name for result in card.results] == ["empty-run", "long-gap"]


def test_a_poller_that_cannot_be_run_ends_all_checks_at_once(tmp_path):
    silent = certify(tmp_path, "--jobs 3", program="")
    missing = call("certify", "poller", "--jobs", "3", "--", str(tmp_path / "nowhere"))

    outcomes = Counter(re.findall(r"^  (failed|skipped|passed) ", silent.stdout, re.MULTILINE))
    assert (silent.returncode, missing.returncode) == (1, 2)
    assert outcomes == {"failed": 1, "skipped": len(BATTERY) - 2}
    assert "the poller asked the CRM for nothing, and reported nothing, in " in silent.stdout
    assert "nowhere cannot be run" in missing.stderr


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="this system has no list of processes")
def test_what_is_under_way_is_ended_by_an_interruption(tmp_path):
    pids = tmp_path / "pids"
    pids.mkdir()
    program = f"import os, time; open(f'{pids}/{{os.getpid()}}', 'w').close(); time.sleep(600)"
    with started(
        "certify", "poller", "--jobs", "2", "--timeout", "600", "--", sys.executable, "-c", program
    ) as process:
        while len(found := list(pids.iterdir())) < 2:
            assert process.poll() is None
        code, _, errors = ended(process, signal.SIGINT)

    assert (code, errors.startswith("interrupted: of the checks, made: none")) == (130, True)
    assert [has_ended(int(each.name)) for each in found] == [True, True]


def run(program, kill=None):
    return CommandRunner(command=[sys.executable, "-c", program], timeout=MINUTE)(
        {}, datetime(2026, 3, 2, tzinfo=UTC), kill
    )


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="this system has no list of processes")
@pytest.mark.parametrize("place", KillPlace)
def test_a_program_is_killed_with_what_it_started(tmp_path, place):
    os.mkfifo(ready := tmp_path / "ready")
    program = (
        "import subprocess, sys, time; asleep = [sys.executable, '-c', 'import time; time.sleep(600)']\n"
        "print(subprocess.Popen(asleep).pid, subprocess.Popen(asleep, start_new_session=True).pid, flush=True)\n"
        f"if {place is not KillPlace.LINE}: open({str(ready)!r}, 'w').close()\n"
        "time.sleep(600)"
    )

    done = run(program, Kill(place=place, number=1, held=lambda: ready.read_text() == ""))

    assert (done.killed, done.failure) == (True, "")
    assert [has_ended(int(pid)) for pid in done.output.split()] == [True, True]


def test_a_program_that_ends_before_the_place_is_not_waited_for():
    over = Event()

    done = run("print('{}')", Kill(place=KillPlace.REQUEST, number=2, held=over.wait))

    assert (done.killed, done.failure, done.output) == (False, "", b"{}\n")
    over.set()


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="this system has no list of processes")
@pytest.mark.parametrize(
    "further", ["", ", start_new_session=True", ", process_group=0, stdout=subprocess.DEVNULL"]
)
@pytest.mark.parametrize("asleep", ["time.sleep(600)", "signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)", "[print('x' * 1000) for _ in iter(int, 1)]"])  # fmt: skip
def test_a_program_that_has_ended_is_over_and_what_it_left_running_is_ended(further, asleep):
    left = f"[sys.executable, '-c', {'import signal, time; ' + asleep!r}]{further}"
    ended = run(f"import subprocess, sys; print(subprocess.Popen({left}).pid, flush=True)")

    assert ended.failure in {"", "wrote more than 16 MiB", "wrote more than 100,000 lines"}
    assert has_ended(int(ended.output.split()[0]))


def test_what_was_written_is_read_though_a_process_that_cannot_be_found_holds_the_stream():
    left = "[sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True, env={}"
    ended = run(f"import subprocess, sys; print(subprocess.Popen({left}).pid, flush=True)")

    assert ended.failure == ""
    os.kill(int(ended.output), signal.SIGTERM)


@pytest.mark.parametrize(
    ("program", "words", "why"),
    [
        pytest.param(PROGRAM.replace("Contacts/Search", "Nothing"), "", "asked with ********", id="fails"),
        pytest.param("import time; time.sleep(600)", "--timeout 0.3", "took longer than 0.3 s (", id="hangs"),
        pytest.param("while True: print('x' * 1_000_000)", "", "wrote more than 16 MiB", id="floods"),
        pytest.param("while True: print(end='x' * 1_000_000)", "", "wrote more than 16 MiB", id="one line"),
        pytest.param("while True: print('{}')", "", "wrote more than 100,000 lines", id="lines"),
        pytest.param(
            "while True: print(end='{}\\r')", "", "wrote more than 100,000 lines", id="carriage returns"
        ),
        pytest.param("while True: print()", "", "wrote more than 100,000 lines", id="empty lines"),
        pytest.param(
            "import time\nwhile True: print('{}', flush=True) or time.sleep(0.001)",
            "--timeout 0.3",
            "took longer than 0.3 s (",
            id="slow lines",
        ),
        pytest.param(
            "import sys\nwhile True: print('x' * 1000, file=sys.stderr)",
            "--timeout 0.3",
            "took longer than 0.3 s (",
            id="floods standard error",
        ),
    ],
)
def test_a_run_that_does_not_end_well_is_a_finding(tmp_path, program, words, why):
    done = certify(tmp_path, f"--only two-in-one-second --json {words}", program=program)

    (result,) = json.loads(done.stdout)["checks"]
    assert done.returncode == 1
    assert {finding["kind"] for finding in result["findings"]} == {"failed"}
    assert why in result["findings"][0]["text"]


def test_a_vendor_that_a_connector_of_its_own_speaks_to_is_tried_by_the_command():
    words = [
        "--connector",
        "hublike:HublikeConnector",
        "--resource",
        "hublike/deals",
        "--only",
        "update-right-after-create",
    ]

    done = call("certify", "poller", *words, "--json", "--", "true")

    (failed,) = json.loads(done.stdout)["checks"]
    assert [finding["text"].partition(" ")[0] for finding in failed["findings"]] == ["UPDATED", "CREATED"]


@pytest.mark.parametrize("vendor", ["hubspotcrm", str(SUPPORT / "vendors/hubly.yaml")])
def test_another_vendor_is_tried_by_the_command(vendor):
    words = ["--vendor", vendor, "--only", "update-between-pages", "--page-size", "3"]

    done = call("certify", "poller", *words, "--json", "--", "true")

    (failed,) = json.loads(done.stdout)["checks"]
    assert {finding["text"].partition(" ")[0] for finding in failed["findings"]} == {"CREATED"}
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(
            ["--", "/nowhere/poller"], "/nowhere/poller cannot be run: there is no such", id="no program"
        ),
        pytest.param(["--resource", "fruits", "--", "true"], "--resource: 'fruits'", id="no resource"),
        pytest.param(["--interval", "often", "--", "true"], "often", id="no interval"),
        pytest.param([], "COMMAND", id="no command"),
    ],
)
def test_misuse_has_a_status_of_its_own(words, says):
    done = call("certify", "poller", "--only", "two-in-one-second", *words)

    assert done.returncode == 2
    assert says in done.stderr


SINGER = [
    {"type": "SCHEMA", "stream": "contacts", "schema": {}, "key_properties": ["ref"]},
    {"type": "RECORD", "stream": "Contacts", "record": {"ref": 7, "DATE_UPDATED_UTC": "2026-03-02 10:00:00"}},
    {"type": "RECORD", "stream": "leads", "record": {"ref": 8}},
    {"type": "STATE", "value": {"cursor": 1}},
    {"type": "STATE", "value": {"cursor": 2}},
]
AIRBYTE = [
    {"type": "LOG", "log": {"message": "reading"}},
    {"type": "RECORD", "record": {"stream": "contacts", "data": {"CONTACT_ID": 7}, "emitted_at": 1}},
    {"type": "RECORD", "record": {"stream": "contacts", "data": {"CONTACT_ID": 8, "isDeleted": True}}},
    {"type": "RECORD", "record": {"stream": "contacts", "data": {"CONTACT_ID": 9, "archived": False}}},
    *(
        {"type": "STATE", "state": {"stream": {"stream_descriptor": {"name": name}, "stream_state": at}}}
        for name, at in ("a1", "b1", "a2")
    ),
]


@pytest.mark.parametrize(
    ("lines", "ids", "state"),
    [
        pytest.param(SINGER, [("7", datetime(2026, 3, 2, 10, tzinfo=UTC), None)], {"cursor": 2}, id="Singer"),
        pytest.param(
            AIRBYTE,
            [("7", None, None), ("8", None, "DELETED"), ("9", None, None)],
            [AIRBYTE[6]["state"], AIRBYTE[5]["state"]],
            id="Airbyte",
        ),
        pytest.param(
            [{"resource": "CONTACTS", "id": "7", "change": "Deleted"}, {"resource": "contacts"}, 5],
            [("7", None, "DELETED")],
            None,
            id="ours",
        ),
    ],
)
def test_three_kinds_of_lines_are_read(reader, lines, ids, state):
    said = reader.read("\n".join(["hello", *map(json.dumps, lines)]).encode())

    assert [(each.record_id, each.updated, each.change and each.change.value) for each in said.reports] == ids
    assert said.state == state
    assert said.passed_over == "hello"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        pytest.param(
            '{"resource": "contacts", "id": 7, "name": "a\u2028b\x85c"}', ["7"], id="odd characters"
        ),
        pytest.param('\ufeff{"resource": "contacts", "id": 7}\r\n\r\n', ["7"], id="a byte order mark"),
        pytest.param('{"resource": "contacts", "id": 7.0}', ["7"], id="a float"),
        pytest.param(
            '[{"resource": "contacts", "id": 7}, 5, {"resource": "contacts", "id": 8}]',
            ["7", "8"],
            id="a list",
        ),
        pytest.param(
            '{"type": "SCHEMA", "stream": "contacts", "key_properties": 5}\n'
            '{"type": "RECORD", "stream": "contacts", "record": {"CONTACT_ID": 7}}',
            ["7"],
            id="no list of keys",
        ),
    ],
)
def test_what_programs_write_in_other_ways_is_read(reader, text, ids):
    assert [each.record_id for each in reader.read(text.encode()).reports] == ids


@pytest.mark.parametrize(
    ("lines", "changes", "passed_over"),
    [
        pytest.param(
            '{"resource": "contact", "id": 7}\n{"resource": "contacts", "id": 8, "change": "new"}',
            [ExpectedEventType.UNKNOWN],
            ('{"resource": "contact", "id": 7}',),
            id="another form, and another word",
        ),
        pytest.param(
            'reading\n{"resource": "contacts", "id": 7, "rate": NaN}\n[]\n',
            [],
            ("NaN is not a JSON value", '"id": 7'),
            id="no JSON, with the reason",
        ),
    ],
)
def test_what_is_not_as_it_should_be_is_not_taken_for_right(reader, lines, changes, passed_over):
    said = reader.read(lines.encode())

    assert [each.change for each in said.reports] == changes
    assert [part for part in passed_over if part not in said.passed_over] == []
