"""What v3 has besides records: lists that nobody changes, and what hangs below records.

Source: Insightly v3.1 OpenAPI document (documented), but for what a PUT of a collection takes and answers: an array in
    place of all rows, or one row in place of that with its id (assumed). ``/Notes/{id}/Comment`` answers with arrays and has no
    pages (documented); that they are of comments, as its name says, and not of notes, as the document has it, is assumed.
"""

from mock_insightly import kinds
from mock_insightly.account import lookups
from mock_insightly.account.lookups import Lookup
from mock_insightly.versions import sub_resources as subs
from mock_insightly.versions.methods import methods
from mock_insightly.versions.sub_resources import CUSTOM, SubResources, below

LOOKUPS = lookups.by_name(
    *lookups.SHARED,
    Lookup(name="CustomObjects", rows=lookups.custom_objects, key="OBJECT_NAME", paged=False),
    Lookup(name="Instance", rows=lookups.instance, single=True),
)

_PARENTS = "Contacts Organisations Leads Opportunities Projects"

_TAGS = subs.EmbeddedCollection(
    name="Tags", key="TAGS", by="TAG_NAME", alike=("TAG_NAME",), on_all=methods("GCUD")
)
_DATES = subs.EmbeddedCollection(name="Dates", key="DATES", by="DATE_ID", on_all=methods("GU"), upserts=True)
_DOMAINS = subs.EmbeddedCollection(
    name="EmailDomains",
    key="EMAILDOMAINS",
    by="EMAIL_DOMAIN_ID",
    alike=("EMAIL_DOMAIN",),
    on_all=methods("GU"),
    upserts=True,
)


def _links(on_all: str) -> subs.EmbeddedCollection:
    return subs.EmbeddedCollection(
        name="Links",
        key="LINKS",
        by="LINK_ID",
        alike=("LINK_OBJECT_NAME", "LINK_OBJECT_ID"),
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
    on_all=methods("C"),
    on_one=methods("D"),
)

SUB_RESOURCES: SubResources = dict(
    [
        *below("Teams", _MEMBERS),
        *below(_PARENTS, subs.Assignment(name="ActivitySetAssignment", on_all=methods("C"))),
        *below(f"{_PARENTS} Emails", _TAGS),
        *below("Contacts Organisations", _DATES),
        *below("Organisations", _DOMAINS),
        *below("Contacts Organisations Opportunities Projects", _links("GCU")),
        *below("Tasks Events Notes Emails", _links("GC")),
        *below(
            _PARENTS,
            subs.Children(name="Emails", kind=kinds.EMAILS, on_all=methods("G")),
            subs.Children(name="Events", kind=kinds.EVENTS, on_all=methods("G")),
            subs.Children(name="Notes", kind=kinds.NOTES, on_all=methods("GCU")),
            subs.Children(name="Tasks", kind=kinds.TASKS, on_all=methods("G")),
            subs.Picture(name="Image", on_all=methods("GD"), on_one=methods("U"), put_status=201),
        ),
        *below(
            f"{_PARENTS} Tasks Events",
            subs.FieldPicture(name="ImageField", on_all=methods(""), on_one=methods("GUD")),
        ),
        *below(
            "Leads Opportunities Projects",
            *_STANDING,
            subs.Mailbox(name="LinkEmailAddress", on_all=methods("G")),
        ),
        *below("Opportunities", subs.StateSwitch(name="StateChange", on_all=methods("U")), _HISTORY),
        *below(
            f"{_PARENTS} Notes",
            subs.Attachments(name="FileAttachments", kind=kinds.FILE_ATTACHMENTS, on_all=methods("GC")),
        ),
        *below(
            f"Comments {CUSTOM}",
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
            "Notes",
            subs.Children(
                name="Comment",
                kind=kinds.COMMENTS,
                on_all=methods("GCU"),
                on_one=methods("D"),
                arrays=True,
            ),
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
