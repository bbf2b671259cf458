"""What v2.2 has besides records: lists that nobody changes, and what hangs below records, much of it on v3 as well.

Source: Insightly v2.2 and v3.1 OpenAPI documents (documented); that rows with other content than their number may repeat one
    another is assumed.
"""

from functools import partial

from mock_insightly import kinds
from mock_insightly.account import lookups
from mock_insightly.account.definitions import custom_fields
from mock_insightly.account.lookups import Lookup
from mock_insightly.versions import sub_resources as subs
from mock_insightly.versions.shape import methods
from mock_insightly.versions.sub_resources import SubResources, below, children, collection

PARENTS = "Contacts Organisations Leads Opportunities Projects"

LOOKUPS = lookups.by_name(
    *lookups.SHARED,
    Lookup(name="CustomFieldGroups", rows=lambda _account: [], paged=False),
    Lookup(name="CustomFields", rows=custom_fields, key="CUSTOM_FIELD_ID", paged=False),
    Lookup(
        name="Instance",
        rows=lookups.only(lookups.instance, "INSTANCE_NAME INSTANCE_SUBDOMAIN PLAN_NAME"),
        single=True,
    ),
)

_IDS = ("CONTACT_ID", "OPPORTUNITY_ID", "ORGANISATION_ID", "PROJECT_ID")


def shared(*, notes: str, members: str, staged: str, image_status: int) -> SubResources:
    """Return what v2.2 and v3 share.

    Args:
        notes, members: the letters of the methods that notes below a record, and the members of a team, take.
        staged: the resources whose records stand in a pipeline.
        image_status: what the PUT of an image is answered with.
    """
    of_files = partial(subs.Attachments, name="FileAttachments", kind=kinds.FILE_ATTACHMENTS)
    return dict(
        [
            *below("Teams", collection("TeamMembers", "PERMISSION_ID", "MEMBER_USER_ID", on_all=members)),
            *below(
                PARENTS,
                subs.Assignment(name="ActivitySetAssignment", on_all=methods("C")),
                children(kinds.EMAILS, "G"),
                children(kinds.EVENTS, "G"),
                children(kinds.NOTES, notes),
                children(kinds.TASKS, "G"),
                subs.Picture(
                    name="Image", on_all=methods("GD"), on_one=methods("U"), put_status=image_status
                ),
            ),
            *below(
                staged,
                subs.PipelinePosition(name="Pipeline", on_all=methods("UD")),
                subs.PipelinePosition(name="PipelineStage", on_all=methods("U"), stage_only=True),
                subs.Mailbox(name="LinkEmailAddress", on_all=methods("G")),
            ),
            *below("Opportunities", children(kinds.STATE_CHANGES, "G")),
            *below(f"{PARENTS} Notes Comments", of_files(on_all=methods("GC"))),
            *below("Emails", of_files(on_all=methods("G"))),
            *below("Tasks Notes Emails", children(kinds.COMMENTS, "GC")),
            *below("Projects", children(kinds.MILESTONES, "GCU", "D")),
            *below(f"{PARENTS} Tasks Notes Emails", subs.Following(name="Follow", on_all=methods("GCD"))),
        ]
    )


def _ends(entity: str) -> tuple[str, str]:
    return f"FIRST_{entity}_ID", f"SECOND_{entity}_ID"


SUB_RESOURCES: SubResources = {
    **shared(notes="GC", members="CU", staged="Opportunities Projects", image_status=200),
    **dict(
        [
            *below(f"{PARENTS} Emails", collection("Tags", "TAG_NAME", "TAG_NAME", on_all="C")),
            *below(PARENTS, collection("CustomFields", "CUSTOM_FIELD_ID", on_all="U", upserts=True)),
            *below(
                "Contacts Organisations",
                collection("Addresses", "ADDRESS_ID"),
                collection("ContactInfos", "CONTACT_INFO_ID"),
                collection("Dates", "DATE_ID"),
            ),
            *below(
                "Contacts",
                collection("Links", "LINK_ID", *_IDS, beside="CONTACTLINKS"),
                collection("ContactLinks", "CONTACT_LINK_ID", *_ends("CONTACT"), beside="LINKS"),
            ),
            *below(
                "Organisations",
                collection("Links", "LINK_ID", *_IDS, beside="ORGANISATIONLINKS"),
                collection("OrganisationLinks", "ORG_LINK_ID", *_ends("ORGANISATION"), beside="LINKS"),
            ),
            *below(
                "Opportunities Projects",
                collection("Links", "LINK_ID", *_IDS, "SECOND_PROJECT_ID", "SECOND_OPPORTUNITY_ID"),
            ),
            *below("Events", collection("EventLinks", "EVENT_LINK_ID", *_IDS)),
            *below("Notes", collection("NoteLinks", "NOTE_LINK_ID", *_IDS)),
            *below("Tasks", collection("TaskLinks", "TASK_LINK_ID", *_IDS, on_all="C")),
            *below("Emails", collection("EmailLinks", "EMAIL_LINK_ID", *_IDS, on_all="C")),
            *below("Opportunities", subs.StateSwitch(name="State", on_all=methods("U"))),
        ]
    ),
}
