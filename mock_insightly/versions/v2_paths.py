"""What v2.2 has besides records: lists that nobody changes, and what hangs below records.

Source: Insightly v2.2 OpenAPI document (documented); that rows with other content than their number may repeat one
    another is assumed.
"""

from mock_insightly.account.definitions import CUSTOM_FIELDS
from mock_insightly.account.lookups import (
    Lookup,
    countries,
    currencies,
    instance,
    only,
    permissions,
    relationships,
    state_reasons,
)
from mock_insightly.account.pipelines import activity_sets, pipelines, stages
from mock_insightly.kinds import (
    COMMENTS,
    EMAILS,
    EVENTS,
    FILE_ATTACHMENTS,
    MILESTONES,
    NOTES,
    STATE_CHANGES,
    TASKS,
)
from mock_insightly.versions.methods import methods
from mock_insightly.versions.sub_resources import (
    Assignment,
    Attachments,
    Children,
    EmbeddedCollection,
    Following,
    Mailbox,
    Picture,
    PipelinePosition,
    StateSwitch,
    SubResources,
    below,
)

LOOKUPS = {
    lookup.name.lower(): lookup
    for lookup in (
        Lookup(name="ActivitySets", rows=activity_sets, key="ACTIVITYSET_ID", collection="ACTIVITIES"),
        Lookup(name="Countries", rows=countries, paged=False),
        Lookup(name="Currencies", rows=currencies, paged=False),
        Lookup(name="CustomFieldGroups", rows=lambda _account: [], paged=False),
        Lookup(
            name="CustomFields",
            rows=lambda _account: [field.to_v2() for field in CUSTOM_FIELDS],
            key="CUSTOM_FIELD_ID",
            paged=False,
        ),
        Lookup(
            name="Instance",
            rows=only(instance, "INSTANCE_NAME", "INSTANCE_SUBDOMAIN", "PLAN_NAME"),
            single=True,
        ),
        Lookup(name="OpportunityStateReasons", rows=state_reasons),
        Lookup(name="Permissions", rows=permissions, single=True),
        Lookup(name="PipelineStages", rows=stages, key="STAGE_ID"),
        Lookup(name="Pipelines", rows=pipelines, key="PIPELINE_ID"),
        Lookup(name="Relationships", rows=relationships),
    )
}

_PARENTS = "Contacts Organisations Leads Opportunities Projects"
_IDS = ("CONTACT_ID", "OPPORTUNITY_ID", "ORGANISATION_ID", "PROJECT_ID")

_TAGS = EmbeddedCollection(
    name="Tags", key="TAGS", by="TAG_NAME", alike=("TAG_NAME",), on_all=methods("C"), on_one=methods("D")
)
_CUSTOM_FIELDS = EmbeddedCollection(
    name="CustomFields",
    key="CUSTOMFIELDS",
    by="CUSTOM_FIELD_ID",
    on_all=methods("U"),
    on_one=methods("D"),
    upserts=True,
)
_ADDRESSES = EmbeddedCollection(
    name="Addresses", key="ADDRESSES", by="ADDRESS_ID", on_all=methods("CU"), on_one=methods("D")
)
_DATES = EmbeddedCollection(
    name="Dates", key="DATES", by="DATE_ID", on_all=methods("CU"), on_one=methods("D")
)


def _infos(*beside: str) -> EmbeddedCollection:
    return EmbeddedCollection(
        name="ContactInfos",
        key="CONTACTINFOS",
        by="CONTACT_INFO_ID",
        beside=(*beside, "SOCIAL_LINKEDIN", "SOCIAL_FACEBOOK", "SOCIAL_TWITTER"),
        on_all=methods("CU"),
        on_one=methods("D"),
    )


def _links(
    name: str, by: str, alike: tuple[str, ...], *beside: str, on_all: str = "CU"
) -> EmbeddedCollection:
    return EmbeddedCollection(
        name=name,
        key=name.upper(),
        by=by,
        alike=alike,
        beside=beside,
        on_all=methods(on_all),
        on_one=methods("D"),
    )


_STANDING = (
    PipelinePosition(name="Pipeline", on_all=methods("UD")),
    PipelinePosition(name="PipelineStage", on_all=methods("U"), stage_only=True),
)
_HISTORY = Children(name="StateHistory", kind=STATE_CHANGES, on_all=methods("G"))

_MEMBERS = EmbeddedCollection(
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
        *below(_PARENTS, Assignment(name="ActivitySetAssignment", on_all=methods("C"))),
        *below(f"{_PARENTS} Emails", _TAGS),
        *below(_PARENTS, _CUSTOM_FIELDS),
        *below("Contacts Organisations", _ADDRESSES, _infos(), _DATES),
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
            Children(name="Emails", kind=EMAILS, on_all=methods("G")),
            Children(name="Events", kind=EVENTS, on_all=methods("G")),
            Children(name="Notes", kind=NOTES, on_all=methods("GC")),
            Children(name="Tasks", kind=TASKS, on_all=methods("G")),
            Picture(name="Image", on_all=methods("GD"), on_one=methods("U"), put_status=200),
        ),
        *below("Opportunities Projects", *_STANDING, Mailbox(name="LinkEmailAddress", on_all=methods("G"))),
        *below("Opportunities", StateSwitch(name="State", on_all=methods("U")), _HISTORY),
        *below(
            f"{_PARENTS} Notes",
            Attachments(name="FileAttachments", kind=FILE_ATTACHMENTS, on_all=methods("GC")),
        ),
        *below("Comments", Attachments(name="FileAttachments", kind=FILE_ATTACHMENTS, on_all=methods("GC"))),
        *below("Emails", Attachments(name="FileAttachments", kind=FILE_ATTACHMENTS, on_all=methods("G"))),
        *below("Tasks Notes Emails", Children(name="Comments", kind=COMMENTS, on_all=methods("GC"))),
        *below(
            "Projects",
            Children(name="Milestones", kind=MILESTONES, on_all=methods("GCU"), on_one=methods("D")),
        ),
        *below(f"{_PARENTS} Tasks Notes Emails", Following(name="Follow", on_all=methods("GCD"))),
    ]
)
