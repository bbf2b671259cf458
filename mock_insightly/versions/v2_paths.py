"""What v2.2 has besides records: lists that nobody changes, and what hangs below records.

Source: Insightly v2.2 OpenAPI document (documented); that rows with other content than their number may repeat one
    another is assumed.
"""

from mock_insightly import kinds
from mock_insightly.account import lookups
from mock_insightly.account.definitions import custom_fields
from mock_insightly.account.lookups import Lookup
from mock_insightly.versions import sub_resources as subs
from mock_insightly.versions.methods import methods
from mock_insightly.versions.sub_resources import SubResources, below

LOOKUPS = lookups.by_name(
    *lookups.SHARED,
    Lookup(name="CustomFieldGroups", rows=lambda _account: [], paged=False),
    Lookup(name="CustomFields", rows=custom_fields, key="CUSTOM_FIELD_ID", paged=False),
    Lookup(
        name="Instance",
        rows=lookups.only(lookups.instance, "INSTANCE_NAME", "INSTANCE_SUBDOMAIN", "PLAN_NAME"),
        single=True,
    ),
)

_PARENTS = "Contacts Organisations Leads Opportunities Projects"
_IDS = ("CONTACT_ID", "OPPORTUNITY_ID", "ORGANISATION_ID", "PROJECT_ID")

_TAGS = subs.EmbeddedCollection(
    name="Tags", key="TAGS", by="TAG_NAME", alike=("TAG_NAME",), on_all=methods("C"), on_one=methods("D")
)
_CUSTOM_FIELDS = subs.EmbeddedCollection(
    name="CustomFields",
    key="CUSTOMFIELDS",
    by="CUSTOM_FIELD_ID",
    on_all=methods("U"),
    on_one=methods("D"),
    upserts=True,
)
_ADDRESSES = subs.EmbeddedCollection(
    name="Addresses", key="ADDRESSES", by="ADDRESS_ID", on_all=methods("CU"), on_one=methods("D")
)
_DATES = subs.EmbeddedCollection(
    name="Dates", key="DATES", by="DATE_ID", on_all=methods("CU"), on_one=methods("D")
)


_INFOS = subs.EmbeddedCollection(
    name="ContactInfos", key="CONTACTINFOS", by="CONTACT_INFO_ID", on_all=methods("CU"), on_one=methods("D")
)


def _links(
    name: str, by: str, alike: tuple[str, ...], *beside: str, on_all: str = "CU"
) -> subs.EmbeddedCollection:
    return subs.EmbeddedCollection(
        name=name,
        key=name.upper(),
        by=by,
        alike=alike,
        beside=beside,
        on_all=methods(on_all),
        on_one=methods("D"),
    )


_STANDING = (
    subs.PipelinePosition(name="Pipeline", on_all=methods("UD")),
    subs.PipelinePosition(name="PipelineStage", on_all=methods("U"), stage_only=True),
)
_HISTORY = subs.Children(name="StateHistory", kind=kinds.STATE_CHANGES, on_all=methods("G"))

_MEMBERS = subs.EmbeddedCollection(
    name="TeamMembers",
    key="TEAMMEMBERS",
    by="PERMISSION_ID",
    alike=("MEMBER_USER_ID",),
    on_all=methods("CU"),
    on_one=methods("D"),
)

SUB_RESOURCES: SubResources = dict(
    [
        *below("Teams", _MEMBERS),
        *below(_PARENTS, subs.Assignment(name="ActivitySetAssignment", on_all=methods("C"))),
        *below(f"{_PARENTS} Emails", _TAGS),
        *below(_PARENTS, _CUSTOM_FIELDS),
        *below("Contacts Organisations", _ADDRESSES, _INFOS, _DATES),
        *below(
            "Contacts",
            _links("Links", "LINK_ID", _IDS, "CONTACTLINKS"),
            _links(
                "ContactLinks",
                "CONTACT_LINK_ID",
                ("FIRST_CONTACT_ID", "SECOND_CONTACT_ID"),
                "LINKS",
            ),
        ),
        *below(
            "Organisations",
            _links("Links", "LINK_ID", _IDS, "ORGANISATIONLINKS"),
            _links(
                "OrganisationLinks",
                "ORG_LINK_ID",
                ("FIRST_ORGANISATION_ID", "SECOND_ORGANISATION_ID"),
                "LINKS",
            ),
        ),
        *below(
            "Opportunities Projects",
            _links("Links", "LINK_ID", (*_IDS, "SECOND_PROJECT_ID", "SECOND_OPPORTUNITY_ID")),
        ),
        *below("Events", _links("EventLinks", "EVENT_LINK_ID", _IDS)),
        *below("Notes", _links("NoteLinks", "NOTE_LINK_ID", _IDS)),
        *below("Tasks", _links("TaskLinks", "TASK_LINK_ID", _IDS, on_all="C")),
        *below("Emails", _links("EmailLinks", "EMAIL_LINK_ID", _IDS, on_all="C")),
        *below(
            _PARENTS,
            subs.Children(name="Emails", kind=kinds.EMAILS, on_all=methods("G")),
            subs.Children(name="Events", kind=kinds.EVENTS, on_all=methods("G")),
            subs.Children(name="Notes", kind=kinds.NOTES, on_all=methods("GC")),
            subs.Children(name="Tasks", kind=kinds.TASKS, on_all=methods("G")),
            subs.Picture(name="Image", on_all=methods("GD"), on_one=methods("U"), put_status=200),
        ),
        *below(
            "Opportunities Projects", *_STANDING, subs.Mailbox(name="LinkEmailAddress", on_all=methods("G"))
        ),
        *below("Opportunities", subs.StateSwitch(name="State", on_all=methods("U")), _HISTORY),
        *below(
            f"{_PARENTS} Notes",
            subs.Attachments(name="FileAttachments", kind=kinds.FILE_ATTACHMENTS, on_all=methods("GC")),
        ),
        *below(
            "Comments",
            subs.Attachments(name="FileAttachments", kind=kinds.FILE_ATTACHMENTS, on_all=methods("GC")),
        ),
        *below(
            "Emails",
            subs.Attachments(name="FileAttachments", kind=kinds.FILE_ATTACHMENTS, on_all=methods("G")),
        ),
        *below(
            "Tasks Notes Emails", subs.Children(name="Comments", kind=kinds.COMMENTS, on_all=methods("GC"))
        ),
        *below(
            "Projects",
            subs.Children(
                name="Milestones", kind=kinds.MILESTONES, on_all=methods("GCU"), on_one=methods("D")
            ),
        ),
        *below(f"{_PARENTS} Tasks Notes Emails", subs.Following(name="Follow", on_all=methods("GCD"))),
    ]
)
