"""What v3 has in other plans than the one that is imitated.

Source: resources of the v3.1 OpenAPI document (documented), closed on a Professional plan (the Ampersand connector's list,
    observed second-hand); v3.0 lacks products, price books and quotes (Insightly v3.1 help page, documented).
"""

_OF_V3_0 = frozenset({"ticket", "prospect", "knowledgearticle"})
RESOURCES = {
    "v3.0": _OF_V3_0,
    "v3.1": _OF_V3_0
    | {
        "product",
        "pricebook",
        "pricebookentry",
        "quotation",
        "opportunitylineitem",
        "quotationlineitem",
    },
}
BELOW = {
    "v3.0": frozenset({"mergedocument"}),
    "v3.1": frozenset({"mergedocument", "opportunitylineitem", "pricebook"}),
}
