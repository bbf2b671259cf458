"""A callback that is missing: what is known of its record is said where the scenario fails."""

from pathlib import Path

from elements_local.commands.replaying.runner import Runner
from elements_local.scenarios.scenario import load_text

TIED = (
    "was created at T+00:00:00; explained: tie, it is dated T+00:00:00, the very second in which the instance was made; "
    "the poll of T+00:15:00 asked for changes after T+00:00:00, so make the change a second later"
)
IN_THE_FIRST_SECOND = """
settings: {{KEEP_TIES: true}}
{instance}
steps:
  - create: {{contacts/ada: {{}}}}
  - advance: 16m
  - expect: {{callbacks: [{callback} CREATED]}}
"""
PEOPLE = """
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
"""
BEFORE_A_POLL = """
steps:
  - advance: 1m
  - create: {{contacts/ada: {{}}, contacts/bob: {{}}}}
  - advance: 15m
  - expect: {{callbacks: [{callback}, contacts/bob CREATED]}}
"""
SAID = {
    "contacts/adaa CREATED": ["no record is called contacts/adaa; is contacts/ada meant?"],
    "contact/ada CREATED": ["no record is called contact/ada; is contacts/ada meant?"],
    "contacts/zzzzzz CREATED": ["no record is called contacts/zzzzzz"],
    "contacts/12345678 CREATED": [],
    "contacts/ada UPDATED": [],
}
"""Callback that is missing -> what is said of its record: nothing of an id, and of what a poll has seen."""


def lines_of(runner: Runner, text: str) -> list[str]:
    (scenario,) = load_text(f"scenario: it\n{text}", Path("it.yaml")).scenarios
    failure = runner.run(scenario).failure
    assert failure is not None
    return list(failure.lines)


def said_of(runner: Runner, text: str) -> list[str]:
    """Return what a failing scenario says of records, beside differences, decisions and the line that runs it again."""
    lines = lines_of(runner, text)
    return [line for line in lines if line.startswith(("contact", "people/", "no record"))]


def test_a_change_in_the_first_second_is_not_later_than_what_the_first_poll_asks_for(runner: Runner) -> None:
    """A resource of another name is of the same record."""
    usual = IN_THE_FIRST_SECOND.format(instance="", callback="contacts/ada")
    renamed = IN_THE_FIRST_SECOND.format(instance=PEOPLE, callback="people/ada")

    for name, text in {"contacts/ada": usual, "people/ada": renamed}.items():
        (line,) = said_of(runner, text)
        assert line.startswith(f"{name} {TIED}; fix: set pollDelay of ")


def test_a_name_that_no_record_has_is_set_beside_the_nearest(runner: Runner) -> None:
    for callback, said in SAID.items():
        assert said_of(runner, BEFORE_A_POLL.format(callback=callback)) == said, callback


def test_a_misspelt_key_of_an_instance_is_pointed_out_with_the_nearest(runner: Runner) -> None:
    text = """
instances:
  first: {}
  second: {configuration: {event.poller.configuration: {contacts: {url: /hubs/crm/contacts, idFeild: CONTACT_ID}}}}
steps:
  - expect: {callbacks: {first: [contacts/ada CREATED]}}
"""

    lines = lines_of(runner, text)

    (misspelt,) = [line for line in lines if line.startswith("warning key-misspelt: ")]
    assert "'idFeild' has no effect: did you mean idField?" in misspelt
    assert misspelt.endswith("contacts.idFeild, second)")
