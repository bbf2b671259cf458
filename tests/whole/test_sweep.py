"""Changes at every second around three polls, on a real stack: what is lost, duplicate, misclassified or late, and by which rule.

What becomes of the guide's configuration in every circumstance is held by the corpus, which has what ``sweep`` prints of it.
"""

import pytest

from elements_local.clients.guide import instance_body, patched, poller_entry
from elements_local.diagnosis.circumstances import CIRCUMSTANCES, OFFSETS
from elements_local.diagnosis.configured import Configured, NotPolledError, resource_of
from elements_local.diagnosis.findings import configured_body
from elements_local.diagnosis.grid import CellVerdict
from elements_local.diagnosis.sweep import sweep
from elements_local.platform.configuration.poller_configuration import CONFIGURATION as POLLER

LONDON = {"updatedDateTimezone": "Europe/London", "createdDateTimezone": "Europe/London"}


@pytest.fixture(scope="module")
def swept(stack_with_ties):
    """Return a function that sweeps the guide's configuration with changes, each but once."""
    done = {}

    def run(name=None, *, names, **changes):
        key = repr((name, names, sorted(changes.items())))
        if key not in done:
            body = instance_body(stack_with_ties.workspace().credentials)
            patch = {POLLER: {name or "contacts": changes}}
            configured = configured_body({"configuration": patched(body["configuration"], patch)})
            circumstances = [each for each in CIRCUMSTANCES if each.name in names]
            resource = resource_of(configured, name)
            done[key] = sweep(stack_with_ties, configured, resource, circumstances=circumstances)
        return done[key]

    return run


def row(grid, circumstance, change):
    number = [each.name for each in grid.circumstances].index(circumstance)
    return [cell.letters for cell in grid.row(number, change)]


def test_a_page_that_overlaps_repeats_and_one_that_shifts_loses(swept):
    grid = swept(names=("as it is", "pages overlap", "pages shift"))
    plain = {change: row(grid, "as it is", change) for change in ("create", "update")}

    overlapping = [row(grid, "pages overlap", change) for change in plain]
    shifting = [row(grid, "pages shift", change) for change in plain]

    assert [[each.replace("D", ".") for each in one] for one in overlapping] == [*plain.values()]
    assert "D" in "".join(map("".join, overlapping))
    assert "".join(map("".join, shifting)).count("L") > "".join(map("".join, plain.values())).count("L")


@pytest.mark.parametrize(("delay", "tolerance"), [(0, 5), (1, 0), (4, 1)])
def test_what_a_sweep_shows_is_what_the_rules_say(swept, delay, tolerance):
    """Strictly later than the last poll less the delay; CREATED within the tolerance; two polls of one window repeat."""
    grid = swept(names=("as it is",), pollDelay=delay, createdCheckTolerance=tolerance)

    def expected(offset):
        if offset.after_the_poll:
            return "L" if offset.seconds == 0 and delay == 0 else "."
        return "D" if offset.seconds > -delay else "."

    assert row(grid, "as it is", "create")[:-1] == [*map(expected, OFFSETS)]
    misnamed = {
        offset.label
        for offset, cell in zip(OFFSETS, grid.row(0, "both"), strict=False)
        if CellVerdict.MISCLASSIFIED in cell.verdicts
    }
    within = [offset for offset in OFFSETS if offset.seconds not in {-1, 0}]  # made and changed in one window
    assert {offset.label for offset in within} & misnamed == (
        set() if tolerance else {offset.label for offset in within}
    )


def test_a_pollDelay_as_long_as_the_lag_loses_nothing_that_is_searched_for(swept):  # noqa: N802 - the key's name
    def lagging(delay):
        grid = swept(names=("search lags 3 s",), pollDelay=delay, createdCheckTolerance=1)
        return "".join(
            map("".join, (row(grid, "search lags 3 s", change) for change in ("create", "update")))
        )

    assert "L" in lagging(0)
    assert not {"L", "l"} & {*lagging(4)}


def test_a_field_that_is_read_wrong_loses_everything(swept):
    grid = swept("accounts", names=("as it is",), idField="organisation_id")

    assert grid.kind == "accounts"
    assert {*row(grid, "as it is", "create")} == {"L"}


def test_a_zone_with_summer_time_is_right_until_the_clocks_go_forward(swept):
    winter_and_summer = swept(names=("as it is", "clocks go forward"), datesConfiguration=LONDON)
    by_poll = {
        key.poll: cell.letters
        for key, cell in winter_and_summer.cells.items()
        if (key.circumstance, key.change, key.label) == (1, "create", "-5")
    }

    assert "".join(row(winter_and_summer, "as it is", "create")) == "......L......"
    assert (by_poll[0], by_poll[2]) == (".", "L")


@pytest.mark.parametrize(
    "block", [{}, poller_entry("tasks", "TASK_ID")], ids=["the element's own", "of other records"]
)
def test_any_kind_of_record_that_can_be_made_is_swept_under_any_name(stack_with_ties, block):
    name = "mine" if block else "leads"
    configured = Configured(configuration={POLLER: {name: block}, "event.notification.enabled": True})

    grid = sweep(stack_with_ties, configured, resource_of(configured, None), circumstances=CIRCUMSTANCES[:1])

    assert (grid.resource, grid.kind) == (name, "tasks" if block else "leads")
    assert "".join(row(grid, "as it is", "create")) == "......L......"


def test_an_instance_that_maps_its_records_is_swept_with_the_mapping(stack_with_ties):
    entry = {**poller_entry("people", "key"), "pageSize": 50}
    fields = [{"path": "key", "vendorPath": "CONTACT_ID"}]
    configured = Configured(
        configuration={POLLER: {"people": entry}, "event.notification.enabled": True},
        mapped={
            "people": (
                {"fields": [{"path": "key", "type": "number"}]},
                {"vendorName": "contacts", "fields": fields},
            )
        },
    )

    grid = sweep(
        stack_with_ties, configured, resource_of(configured, "people"), circumstances=CIRCUMSTANCES[:1]
    )

    assert "".join(row(grid, "as it is", "update")) == "......L......"


def test_what_is_not_polled_cannot_be_swept(stack_with_ties):
    body = instance_body(stack_with_ties.workspace().credentials)
    body["configuration"]["event.notification.enabled"] = False
    configured = configured_body(body)

    with pytest.raises(NotPolledError, match=r"nothing is polled: event\.notification\.enabled is not true"):
        sweep(stack_with_ties, configured, resource_of(configured, None))


LINES = "contacts|/hubs/crm/contacts"


@pytest.mark.parametrize(
    ("configuration", "name", "says"),
    [
        ({POLLER: {}}, None, "no resource can be swept"),
        ({POLLER: {"contacts": {}}}, "leads", "'leads' can be swept: .* there are contacts"),
        ({POLLER: {"notes": {}}}, "notes", "'notes' can be swept"),
        ({POLLER: {"leads": {}}, "event.poller.urls": LINES}, None, r"lines of event\.poller\.urls cannot be swept"),
    ],
    ids=["nothing", "another", "what nobody makes", "lines"],
)  # fmt: skip
def test_a_resource_that_cannot_be_swept_is_said(configuration, name, says):
    with pytest.raises(NotPolledError, match=says):
        resource_of(Configured(configuration=configuration), name)


def test_blocks_are_swept_that_are_chosen_by_their_names():
    blocks = {"contacts": {}, "accounts": {}}
    for chosen in ({"event.objects": " leads, accounts"}, {"event.poller.urls": "leads|accounts"}):
        configured = Configured(configuration={POLLER: blocks, **chosen})

        resource = resource_of(configured, None)

        assert resource.name == "leads"
        assert resource_of(configured, "accounts").kind == "accounts"
        alone = resource.alone_in(configured).taken_over
        assert (alone[POLLER], alone.get("event.objects"), alone.get("event.poller.urls")) == (
            {"leads": resource.block},
            None,
            None,
        )
        with pytest.raises(NotPolledError, match="'contacts' can be swept"):
            resource_of(configured, "contacts")
