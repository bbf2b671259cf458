"""What the vendor has on v3.1 and this CRM does not serve, and how a Professional account is told so.

Source: the resources are those of the v3.1 OpenAPI document (documented); the two ways of a Professional plan are the
    Ampersand connector's list (observed second-hand). That what hangs below a record goes the way of its resource, and
    that merge documents are closed, is assumed.
"""

from collections.abc import Mapping

from mock_insightly.errors import HiddenByPlanError, NotImitatedError, OutOfPlanError, UnservedError

UNSERVED: Mapping[str, type[UnservedError]] = {
    **dict.fromkeys(
        (
            "opportunitylineitem",
            "pricebook",
            "pricebookentry",
            "product",
            "quotation",
            "quotationlineitem",
        ),
        HiddenByPlanError,
    ),
    **dict.fromkeys(
        (
            "communitycomments",
            "communityforums",
            "communityposts",
            "forumcategories",
            "knowledgearticle",
            "knowledgearticlecategory",
            "knowledgearticlefolder",
            "prospect",
            "ticket",
        ),
        OutOfPlanError,
    ),
    **dict.fromkeys(
        ("cti", "documenttemplates", "marketingcustomevent", "marketingvisits"), NotImitatedError
    ),
}
"""By resource."""

UNSERVED_BELOW: Mapping[str, type[UnservedError]] = {
    "opportunitylineitem": HiddenByPlanError,
    "pricebook": HiddenByPlanError,
    "mergedocument": OutOfPlanError,
    "translations": NotImitatedError,
}
"""By what hangs below a record of another resource."""


def open_to_all(unserved: Mapping[str, type[UnservedError]]) -> Mapping[str, type[UnservedError]]:
    """Return the same as an Enterprise account finds it: closed to nobody, and not imitated."""
    return dict.fromkeys(unserved, NotImitatedError)
