"""What must hold of the fields of one record together, and what follows from a change: dates of activity, an opportunity's history.

Source: of teams, a name is needed where one is not anonymous, a member where it is; the members of an anonymous one, which
    stands for people who were named one by one, change with the team alone, and a brief change of it is none (Insightly v3.1
    OpenAPI document, documented). Of tasks, OPPORTUNITY_ID only without a project, MILESTONE_ID only of that project,
    STAGE_ID only of a pipeline of the related record (later v2.2 OpenAPI document, documented); that the related record is
    the project or the opportunity, and all refusals, are assumed. That a lead can be converted on v2.1, and that a body may name
    the opportunity (the vendor's test suite, documented); the fields that a converted lead points with (recorded v2.1 leads,
    observed); which of a lead's fields the new records take is assumed.
"""

from collections.abc import Iterable

from elements_local.kit.api.json_text import Json
from mock_insightly.account.account import CrmAccount
from mock_insightly.errors import FieldError, MissingFieldError
from mock_insightly.fields.fields import Record, is_blank, rows_of
from mock_insightly.fields.lookups import state_reasons
from mock_insightly.fields.row_types import ADDRESS_PARTS
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.kinds.work import EVENTS, TASKS
from mock_insightly.records.record import link_to

ANONYMOUS, TEAM_NAME, MEMBERS = "ANONYMOUS_TEAM", "TEAM_NAME", "TEAMMEMBERS"


def check_team(team: Record) -> None:
    """Refuse a team as it would be.

    Raises:
        MissingFieldError: it has no name, and is not anonymous.
        FieldError: it is anonymous, and has no member.
    """
    if not team.get(ANONYMOUS):
        if is_blank(team.get(TEAM_NAME)):
            raise MissingFieldError(TEAM_NAME, "Team")
    elif not rows_of(team, MEMBERS):
        raise FieldError(MEMBERS, "one member at least of an anonymous team", team.get(MEMBERS))


def check_open(team: Record) -> None:
    """Refuse a change of a team's members one by one.

    Raises:
        FieldError: it is anonymous.
    """
    if team[ANONYMOUS]:
        raise FieldError(ANONYMOUS, "false for members to change one by one; PUT all to /Teams", True)


def refuse_misplaced(
    task: Record, *, milestone: Record | None, related: Record | None, stages: Iterable[Record]
) -> None:
    """Refuse a task whose places do not agree.

    Args:
        milestone: that of the task; None if it names none, or one that is not there.
        related: its project or, without one, its opportunity; None likewise.
        stages: those of all pipelines.

    Raises:
        FieldError: they do not.
    """
    project = task["PROJECT_ID"]
    if project is not None and task["OPPORTUNITY_ID"] is not None:
        raise FieldError("OPPORTUNITY_ID", "null, since PROJECT_ID is not", task["OPPORTUNITY_ID"])
    if task["MILESTONE_ID"] is not None:
        if project is None:
            raise FieldError("MILESTONE_ID", "null, since PROJECT_ID is", task["MILESTONE_ID"])
        if milestone is None or milestone["PROJECT_ID"] != project:
            raise FieldError(
                "MILESTONE_ID", f"the id of a milestone of project {project}", task["MILESTONE_ID"]
            )
    if task["STAGE_ID"] is not None:
        pipeline = related["PIPELINE_ID"] if related else None
        known = [one["STAGE_ID"] for one in stages if pipeline and one["PIPELINE_ID"] == pipeline]
        if task["STAGE_ID"] not in known:
            of = (
                f"one of {', '.join(map(str, known))}"
                if known
                else "null, since what it is for has no pipeline"
            )
            raise FieldError("STAGE_ID", of, task["STAGE_ID"])


_DATES: dict[str, tuple[str, ...]] = {
    TASKS.name: ("COMPLETED_DATE_UTC", "DUE_DATE"),
    EVENTS.name: ("START_DATE_UTC",),
}
DATED = (TASKS, EVENTS)


def date_of(kind: RecordKind, record: Record) -> str | None:
    """Return when a task or an event takes place: when it was completed, or else is due; None if nobody knows."""
    dates = (record[name] for name in _DATES[kind.name])
    return next((date for date in dates if isinstance(date, str)), None)


def activity(dates: Iterable[str], now: str) -> Record:
    """Return the two fields of a record that follow from the dates of its tasks and events.

    Args:
        dates, now: as the CRM writes them; they compare as texts.

    Source: null at first (recorded v3.1 creations, observed); that they follow from past and future tasks and events,
        and from which of their dates, is assumed.

    >>> activity(["2026-03-01 00:00:00", "2026-03-05 00:00:00"], "2026-03-02 10:00:00")
    {'LAST_ACTIVITY_DATE_UTC': '2026-03-01 00:00:00', 'NEXT_ACTIVITY_DATE_UTC': '2026-03-05 00:00:00'}
    """
    known = sorted(dates)
    return {
        "LAST_ACTIVITY_DATE_UTC": next((date for date in reversed(known) if date <= now), None),
        "NEXT_ACTIVITY_DATE_UTC": next((date for date in known if date > now), None),
    }


def state_change(before: Record, after: Record, account: CrmAccount) -> Record | None:
    """Return the entry that an update adds to the history of an opportunity; None if its state is what it was.

    Source: the entry's fields from the v3.1 OpenAPI document (documented); that an update tells as well, and that a
        creation does not, is assumed.
    """
    fields = ("OPPORTUNITY_STATE", "OPPORTUNITY_STATE_REASON_ID")
    if all(before[name] == after[name] for name in fields):
        return None
    return state_entry(after, account)


def state_entry(record: Record, account: CrmAccount) -> Record:
    """Return the entry of the history that tells an opportunity's state since it was updated."""
    number = record["OPPORTUNITY_STATE_REASON_ID"]
    reason = next(
        (one["STATE_REASON"] for one in state_reasons(account) if one["STATE_REASON_ID"] == number), None
    )
    return {
        "OPPORTUNITY_ID": record["OPPORTUNITY_ID"],
        "DATE_CHANGED_UTC": record["DATE_UPDATED_UTC"],
        "FOR_OPPORTUNITY_STATE": record["OPPORTUNITY_STATE"],
        "STATE_REASON_ID": number,
        "STATE_REASON": reason,
    }


def known_reason(account: CrmAccount, number: Json) -> Json:
    """Return a reason's number; null is none.

    Raises:
        FieldError: the account has no such reason.
    """
    known = [one["STATE_REASON_ID"] for one in state_reasons(account)]
    if number is not None and number not in known:
        raise FieldError("STATE_REASON_ID", f"one of {', '.join(map(str, known))}", number)
    return number


_SAME = ("SALUTATION", "FIRST_NAME", "LAST_NAME", "TITLE", "PHONE", "TAGS")


def organisation_of(lead: Record) -> Record | None:
    """Return the fields of the organisation that a lead works for; None if it names none."""
    if not lead["ORGANISATION_NAME"]:
        return None
    return {"ORGANISATION_NAME": lead["ORGANISATION_NAME"], "WEBSITE": lead["WEBSITE"]}


def contact_of(lead: Record, organisation_id: int | None) -> Record:
    """Return the fields of the contact that a lead becomes."""
    return {
        **{name: lead[name] for name in _SAME},
        "EMAIL_ADDRESS": lead["EMAIL"] or None,
        "PHONE_MOBILE": lead["MOBILE"],
        "PHONE_FAX": lead["FAX"],
        "BACKGROUND": lead["LEAD_DESCRIPTION"],
        **{f"ADDRESS_MAIL_{part}": lead[f"ADDRESS_{part}"] for part in ADDRESS_PARTS},
        "ORGANISATION_ID": organisation_id,
    }


def opportunity_of(name: str, contact_id: int, organisation_id: int | None) -> Record:
    """Return the fields of the opportunity that comes with a lead."""
    return {
        "OPPORTUNITY_NAME": name,
        "ORGANISATION_ID": organisation_id,
        "LINKS": [link_to("Contact", contact_id)],
    }
