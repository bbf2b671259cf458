"""What v3 has besides records: lists that nobody changes, what hangs below records, and what is not served here.

Source: Insightly v3.1 OpenAPI document (documented), but for what a PUT of a collection takes and answers: an array in
    place of all rows, or one row in place of that with its id (assumed). ``/Notes/{id}/Comment`` answers with arrays and has no
    pages (documented); that they are of comments, as its name says, and not of notes, as the document has it, is assumed.
"""

from collections.abc import Mapping

from mock_insightly import kinds
from mock_insightly.account import lookups
from mock_insightly.account.lookups import Lookup
from mock_insightly.errors import HiddenByPlanError, NotImitatedError, OutOfPlanError, UnservedError
from mock_insightly.versions import sub_resources as subs
from mock_insightly.versions.shape import methods
from mock_insightly.versions.sub_resources import CUSTOM, SubResources, below, collection
from mock_insightly.versions.v2_paths import PARENTS, shared

LOOKUPS = lookups.by_name(
    *lookups.SHARED,
    Lookup(name="CustomObjects", rows=lookups.custom_objects, key="OBJECT_NAME", paged=False),
    Lookup(name="Instance", rows=lookups.instance, single=True),
)

_LINKS = ("Links", "LINK_ID", "LINK_OBJECT_NAME", "LINK_OBJECT_ID")
_COMMENT = subs.Children(
    name="Comment", kind=kinds.COMMENTS, on_all=methods("GCU"), on_one=methods("D"), arrays=True
)

SUB_RESOURCES: SubResources = {
    **shared(notes="GCU", members="C", staged="Leads Opportunities Projects", image_status=201),
    **dict(
        [
            *below(f"{PARENTS} Emails", collection("Tags", "TAG_NAME", "TAG_NAME", on_all="GCUD", on_one="")),
            *below(
                "Contacts Organisations", collection("Dates", "DATE_ID", on_all="GU", on_one="", upserts=True)
            ),
            *below(
                "Organisations",
                collection(
                    "EmailDomains", "EMAIL_DOMAIN_ID", "EMAIL_DOMAIN", on_all="GU", on_one="", upserts=True
                ),
            ),
            *below("Contacts Organisations Opportunities Projects", collection(*_LINKS, on_all="GCU")),
            *below("Tasks Events Notes Emails", collection(*_LINKS, on_all="GC")),
            *below(
                f"{PARENTS} Tasks Events",
                subs.FieldPicture(name="ImageField", on_all=methods(""), on_one=methods("GUD")),
            ),
            *below("Opportunities", subs.StateSwitch(name="StateChange", on_all=methods("U"))),
            *below("Notes", _COMMENT),
            *below(
                CUSTOM,
                subs.Attachments(name="FileAttachments", kind=kinds.FILE_ATTACHMENTS, on_all=methods("GC")),
            ),
        ]
    ),
}


_UNSERVED: Mapping[type[UnservedError], str] = {
    HiddenByPlanError: "opportunitylineitem pricebook pricebookentry product quotation quotationlineitem",
    OutOfPlanError: (
        "communitycomments communityforums communityposts forumcategories knowledgearticle knowledgearticlecategory "
        "knowledgearticlefolder prospect ticket"
    ),
    NotImitatedError: "cti documenttemplates marketingcustomevent marketingvisits",
}
UNSERVED = {name: error for error, names in _UNSERVED.items() for name in names.split()}
"""By resource.

Source: the resources are those of the v3.1 OpenAPI document (documented); the two ways of a Professional plan are the
    Ampersand connector's list (observed second-hand). That what hangs below a record goes the way of its resource, and
    that merge documents are closed, is assumed.
"""

UNSERVED_BELOW: Mapping[str, type[UnservedError]] = {
    "opportunitylineitem": HiddenByPlanError,
    "pricebook": HiddenByPlanError,
    "mergedocument": OutOfPlanError,
    "translations": NotImitatedError,
}
"""By what hangs below a record of another resource."""
