"""What v3 has besides records: lists that nobody changes, and what hangs below records.

Source: Insightly v3.1 OpenAPI document (documented), but for what a PUT of a collection takes and answers: an array in
    place of all rows, or one row in place of that with its id (assumed).
"""

from mock_insightly.account.lookups import (
    Lookup,
    countries,
    currencies,
    custom_objects,
    instance,
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
    CUSTOM,
    Assignment,
    Attachments,
    Children,
    EmbeddedCollection,
    FieldPicture,
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
        Lookup(name="CustomObjects", rows=custom_objects, key="OBJECT_NAME", paged=False),
        Lookup(name="Instance", rows=instance, single=True),
        Lookup(name="OpportunityStateReasons", rows=state_reasons),
        Lookup(name="Permissions", rows=permissions, single=True),
        Lookup(name="PipelineStages", rows=stages, key="STAGE_ID"),
        Lookup(name="Pipelines", rows=pipelines, key="PIPELINE_ID"),
        Lookup(name="Relationships", rows=relationships),
    )
}

_PARENTS = "Contacts Organisations Leads Opportunities Projects"

_TAGS = EmbeddedCollection(
    name="Tags", key="TAGS", by="TAG_NAME", alike=("TAG_NAME",), on_all=methods("GCUD")
)
_DATES = EmbeddedCollection(name="Dates", key="DATES", by="DATE_ID", on_all=methods("GU"), upserts=True)
_DOMAINS = EmbeddedCollection(
    name="EmailDomains",
    key="EMAILDOMAINS",
    by="EMAIL_DOMAIN_ID",
    alike=("EMAIL_DOMAIN",),
    on_all=methods("GU"),
    upserts=True,
)


def _links(on_all: str) -> EmbeddedCollection:
    return EmbeddedCollection(
        name="Links",
        key="LINKS",
        by="LINK_ID",
        alike=("LINK_OBJECT_NAME", "LINK_OBJECT_ID"),
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
    on_all=methods("C"),
    on_one=methods("D"),
)

SUB_RESOURCES: SubResources = dict(
    [
        *below("Teams", _MEMBERS),
        *below(_PARENTS, Assignment(name="ActivitySetAssignment", on_all=methods("C"))),
        *below(f"{_PARENTS} Emails", _TAGS),
        *below("Contacts Organisations", _DATES),
        *below("Organisations", _DOMAINS),
        *below("Contacts Organisations Opportunities Projects", _links("GCU")),
        *below("Tasks Events Notes Emails", _links("GC")),
        *below(
            _PARENTS,
            Children(name="Emails", kind=EMAILS, on_all=methods("G")),
            Children(name="Events", kind=EVENTS, on_all=methods("G")),
            Children(name="Notes", kind=NOTES, on_all=methods("GCU")),
            Children(name="Tasks", kind=TASKS, on_all=methods("G")),
            Picture(name="Image", on_all=methods("GD"), on_one=methods("U"), put_status=201),
        ),
        *below(
            f"{_PARENTS} Tasks Events",
            FieldPicture(name="ImageField", on_all=methods(""), on_one=methods("GUD")),
        ),
        *below(
            "Leads Opportunities Projects", *_STANDING, Mailbox(name="LinkEmailAddress", on_all=methods("G"))
        ),
        *below("Opportunities", StateSwitch(name="StateChange", on_all=methods("U")), _HISTORY),
        *below(
            f"{_PARENTS} Notes",
            Attachments(name="FileAttachments", kind=FILE_ATTACHMENTS, on_all=methods("GC")),
        ),
        *below(
            f"Comments {CUSTOM}",
            Attachments(name="FileAttachments", kind=FILE_ATTACHMENTS, on_all=methods("GC")),
        ),
        *below("Emails", Attachments(name="FileAttachments", kind=FILE_ATTACHMENTS, on_all=methods("G"))),
        *below("Tasks Notes Emails", Children(name="Comments", kind=COMMENTS, on_all=methods("GC"))),
        *below("Notes", Children(name="Comment", kind=COMMENTS, on_all=methods("GCU"), on_one=methods("D"))),
        *below(
            "Projects",
            Children(name="Milestones", kind=MILESTONES, on_all=methods("GCU"), on_one=methods("D")),
        ),
        *below(f"{_PARENTS} Tasks Notes Emails", Following(name="Follow", on_all=methods("GCD"))),
    ]
)
