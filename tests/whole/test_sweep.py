"""One change at every second around a poll, on a real stack: what is lost, repeated, misnamed or late, and by which rule."""

from dataclasses import replace

import pytest

from elements_local.guide import instance_body, poller_entry
from elements_local.linting.configured import POLLER, Configured, patched
from elements_local.linting.reading import configured_body
from elements_local.sweeping.circumstances import CHANGES, CIRCUMSTANCES, OFFSETS
from elements_local.sweeping.matrix import LETTERS, CellVerdict
from elements_local.sweeping.timeline import NoSweepError, resource_of, sweep

NAMES = [circumstance.name for circumstance in CIRCUMSTANCES]


@pytest.fixture(scope="module")
def swept(stack_with_ties):
    """Return a function that sweeps the guide's configuration with changes, each but once."""
    done = {}

    def run(name=None, **changes):
        key = (name, *sorted(changes.items()))
        if key not in done:
            clients = stack_with_ties.new_workspace()
            configured = configured_body(instance_body(clients.credentials))
            resource = resource_of(configured, name)
            patch = {POLLER: {resource.name: changes}}
            plain = resource.alone_in(configured)
            cured = replace(plain, configuration=patched(plain.configuration, patch))
            done[key] = sweep(clients, cured, resource_of(cured, resource.name))
            stack_with_ties.delete_workspace(clients.credentials.name)
        return done[key]

    return run


def row(matrix, circumstance, change):
    return "".join(LETTERS[cell.verdict] for cell in matrix.row(NAMES.index(circumstance), change))


def test_there_is_a_cell_for_every_change_second_and_circumstance(swept):
    matrix = swept()

    assert len(matrix.cells) == len(CIRCUMSTANCES) * len(CHANGES) * len(OFFSETS) >= 400
    assert sum(matrix.counts.values()) == len(matrix.cells)
    assert [offset.label for offset in OFFSETS] == [
        "-5",
        "-4",
        "-3",
        "-2",
        "-1",
        "<0",
        "0>",
        "+1",
        "+2",
        "+3",
        "+4",
        "+5",
    ]


@pytest.mark.parametrize(
    ("circumstance", "create", "update", "both"),
    [
        ("as it is", "......L.....", "......L.....", "MMMMM.MMMMMM"),
        ("search lags 3 s", "...LLLL.....", "...LLLL.....", "MMLLLMMMMMMM"),
        ("clock 3 s ahead", "...RRR......", "...RRR......", "MMMMM.MMMMMM"),
        ("clock 3 s behind", "......LLLL..", "......LLLL..", "MMMMMLLLLMMM"),
        ("stamps 3 s apart", "MMMMMMMMMMMM", "......L.....", "MMMMMMMMMMMM"),
        ("ties of 5 s", "......LLLLL.", "......LLLLL.", "....MLLLLLM."),
        ("poll fails once", "lllll.......", "lllll.......", "MMMMMMMMMMMM"),
    ],
)
def test_the_guides_configuration_is_swept(swept, circumstance, create, update, both):
    matrix = swept()

    assert [row(matrix, circumstance, change) for change in ("create", "update", "both")] == [
        create,
        update,
        both,
    ]
    assert row(matrix, circumstance, "delete") == "L" * len(OFFSETS)


def test_a_page_that_overlaps_repeats_and_one_that_shifts_loses(swept):
    matrix = swept()
    plain = {change: row(matrix, "as it is", change) for change in ("create", "update")}

    overlapping = [row(matrix, "pages overlap", change) for change in plain]
    shifting = [row(matrix, "pages shift", change) for change in plain]

    assert [each.replace("R", ".") for each in overlapping] == [*plain.values()]
    assert "R" in "".join(overlapping)
    assert "".join(shifting).count("L") > "".join(plain.values()).count("L")


@pytest.mark.parametrize(("delay", "tolerance"), [(0, 5), (1, 0), (4, 1)])
def test_what_a_sweep_shows_is_what_the_rules_say(swept, delay, tolerance):
    """Strictly later than the last poll less the delay; CREATED within the tolerance; two polls of one window repeat."""
    matrix = swept(pollDelay=delay, createdCheckTolerance=tolerance)

    def expected(offset):
        if offset.after_the_poll:
            return "L" if offset.seconds == 0 and delay == 0 else "."
        return "R" if offset.seconds > -delay else "."

    assert row(matrix, "as it is", "create") == "".join(map(expected, OFFSETS))
    misnamed = {
        offset.label
        for offset, cell in zip(OFFSETS, matrix.row(0, "both"), strict=True)
        if cell.verdict is CellVerdict.MISNAMED
    }
    within = [offset for offset in OFFSETS if offset.seconds not in {-1, 0}]  # made and changed in one window
    assert {offset.label for offset in within} & misnamed == (
        set() if tolerance else {offset.label for offset in within}
    )


def test_a_pollDelay_as_long_as_the_lag_loses_nothing_that_is_searched_for(swept):  # noqa: N802 - the key's name
    matrix = swept(pollDelay=4, createdCheckTolerance=1)

    lagging = [row(matrix, "search lags 3 s", change) for change in ("create", "update")]

    assert "L" not in "".join(lagging)
    assert "l" in "".join(lagging)


def test_a_field_that_is_read_wrong_loses_everything(swept):
    matrix = swept("accounts", idField="organisation_id")

    assert matrix.kind == "accounts"
    assert row(matrix, "as it is", "create") == "L" * len(OFFSETS)


@pytest.mark.parametrize(
    "block", [{}, poller_entry("tasks", "TASK_ID")], ids=["the element's own", "of other records"]
)
def test_any_kind_of_record_that_can_be_made_is_swept_under_any_name(stack_with_ties, block):
    clients = stack_with_ties.new_workspace()
    name = "mine" if block else "leads"
    configured = Configured(configuration={POLLER: {name: block}, "event.notification.enabled": True})

    matrix = sweep(clients, configured, resource_of(configured, None))

    assert (matrix.resource, matrix.kind) == (name, "tasks" if block else "leads")
    assert row(matrix, "as it is", "create") == "......L....."


def test_an_instance_that_maps_its_records_is_swept_with_the_mapping(stack_with_ties):
    clients = stack_with_ties.new_workspace()
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

    matrix = sweep(clients, configured, resource_of(configured, "people"))

    assert row(matrix, "as it is", "update") == "......L....."


def test_what_is_not_polled_cannot_be_swept(clients_with_ties):
    body = instance_body(clients_with_ties.credentials)
    body["configuration"]["event.notification.enabled"] = False
    configured = configured_body(body)

    with pytest.raises(NoSweepError, match=r"nothing is polled: event\.notification\.enabled is not true"):
        sweep(clients_with_ties, configured, resource_of(configured, None))


@pytest.mark.parametrize(
    ("blocks", "name", "says"),
    [
        ({}, None, "no resource can be swept"),
        ({"contacts": {}}, "leads", "'leads' can be swept: .* there are contacts"),
        ({"notes": {}}, "notes", "'notes' can be swept"),
    ],
)
def test_a_resource_that_cannot_be_swept_is_said(blocks, name, says):
    with pytest.raises(NoSweepError, match=says):
        resource_of(Configured(configuration={POLLER: blocks}), name)


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
        with pytest.raises(NoSweepError, match="'contacts' can be swept"):
            resource_of(configured, "contacts")


def test_lines_cannot_be_swept():
    configured = Configured(
        configuration={"event.poller.urls": "contacts|/hubs/crm/contacts", POLLER: {"leads": {}}}
    )

    with pytest.raises(NoSweepError, match=r"lines of event\.poller\.urls cannot be swept"):
        resource_of(configured, None)
