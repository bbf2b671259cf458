"""A callback that is missing: what is known of its record is said where the scenario fails."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from elements_local.replay.runner import How, Runner
from elements_local.scenarios.scenario import load

TIED = (
    "was created at T+00:00:00; explained: tie, it is dated T+00:00:00, the very second in which the instance was made; "
    "the poll of T+00:15:00 asked for changes after T+00:00:00, so make the change a second later"
)


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with closing(Runner(How())) as running:
        yield running


def said_of(runner: Runner, folder: Path, steps: str) -> list[str]:
    """Return what a failing scenario says of records, beside differences, decisions and the line that runs it again."""
    path = folder / "it.yaml"
    path.write_text(f"scenario: it\n{steps}", encoding="utf-8")
    (scenario,) = load(path)
    failure = runner.run(scenario).failure
    assert failure is not None
    return [line for line in failure.lines if line.startswith(("contact", "people/", "no record"))]


def test_a_change_in_the_first_second_is_not_later_than_what_the_first_poll_asks_for(
    runner: Runner, tmp_path: Path
) -> None:
    steps = """
settings: {KEEP_TIES: true}
steps:
  - create: {contacts/ada: {}}
  - advance: 16m
  - expect: {callbacks: [contacts/ada CREATED]}
"""

    (line,) = said_of(runner, tmp_path, steps)

    assert line.startswith(f"contacts/ada {TIED}; fix: set pollDelay ")


@pytest.mark.parametrize(
    ("slip", "said"),
    [
        pytest.param(
            "contacts/adaa", ["no record is called contacts/adaa; is contacts/ada meant?"], id="name"
        ),
        pytest.param("contact/ada", ["no record is called contact/ada; is contacts/ada meant?"], id="kind"),
        pytest.param("contacts/zzzzzz", ["no record is called contacts/zzzzzz"], id="nothing like it"),
        pytest.param("contacts/12345678", [], id="an id"),
    ],
)
def test_a_name_that_no_record_has_is_set_beside_the_nearest(
    runner: Runner, tmp_path: Path, slip: str, said: list[str]
) -> None:
    steps = f"""
steps:
  - advance: 1m
  - create: {{contacts/ada: {{}}, contacts/bob: {{}}}}
  - advance: 15m
  - expect: {{callbacks: [{slip} CREATED, contacts/bob CREATED]}}
"""

    assert said_of(runner, tmp_path, steps) == said


def test_of_a_record_that_a_poll_has_seen_the_decision_is_enough(runner: Runner, tmp_path: Path) -> None:
    steps = """
steps:
  - advance: 1m
  - create: {contacts/ada: {}}
  - advance: 15m
  - expect: {callbacks: [contacts/ada UPDATED]}
"""

    assert said_of(runner, tmp_path, steps) == []


def test_a_resource_of_another_name_is_the_same_record(runner: Runner, tmp_path: Path) -> None:
    steps = """
settings: {KEEP_TIES: true}
instance:
  configuration:
    event.poller.configuration:
      people:
        url: /hubs/crm/contacts?where=updated_after_utc='${gmtDate:yyyy-MM-dd HH:mm:ss}'
        idField: CONTACT_ID
        datesConfiguration:
          updatedDateField: DATE_UPDATED_UTC
          updatedDateFormat: yyyy-MM-dd HH:mm:ss
          updatedDateTimezone: GMT
steps:
  - create: {contacts/ada: {}}
  - advance: 16m
  - expect: {callbacks: [people/ada CREATED]}
"""

    assert said_of(runner, tmp_path, steps) == [f"people/ada {TIED}"]


def test_a_misspelt_key_of_an_instance_is_pointed_out_with_the_nearest(
    runner: Runner, tmp_path: Path
) -> None:
    path = tmp_path / "it.yaml"
    path.write_text(
        """
scenario: it
instances:
  first: {}
  second: {configuration: {event.poller.configuration: {contacts: {url: /hubs/crm/contacts, idFeild: CONTACT_ID}}}}
steps:
  - expect: {callbacks: {first: [contacts/ada CREATED]}}
""",
        encoding="utf-8",
    )
    (scenario,) = load(path)

    failure = runner.run(scenario).failure

    (misspelt,) = [line for line in failure.lines if line.startswith("warning misspelt-key: ")]
    assert "'idFeild' has no effect: did you mean idField?" in misspelt
    assert misspelt.endswith("contacts.idFeild, second)")
