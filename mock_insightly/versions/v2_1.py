"""Version 2.1: whole lists with OData, no search, records as graphs, errors in plain text.

Source: recorded exchanges of the vendor's Ruby client (observed), its routes and the v2.1 help page (documented).
"""

from mock_insightly.account.account import CrmAccount
from mock_insightly.account.definitions import custom_fields
from mock_insightly.account.lookups import SHARED, Lookup, by_name, only, stages, state_reasons
from mock_insightly.kinds import COMMENTS, EMAILS, NOTES, TASKS
from mock_insightly.records.fields import Record
from mock_insightly.records.search import EVERYTHING
from mock_insightly.versions.shape import methods
from mock_insightly.versions.sub_resources import Broken, Conversion, Picture, SubResources, below, children
from mock_insightly.versions.v2_1_records import SHAPES
from mock_insightly.versions.version import Version
from mock_kit.values import replace


def _reasons(account: CrmAccount) -> list[Record]:
    """Return state reasons as v2.1 shows them: like entries of a history that has not happened."""
    never: Record = {"OPPORTUNITY_ID": 0, "DATE_CHANGED_UTC": "0001-01-01 00:00:00"}
    told = only(state_reasons, "FOR_OPPORTUNITY_STATE STATE_REASON_ID STATE_REASON")
    return [never | row for row in told(account)]


_FIELD = (
    "CUSTOM_FIELD_ID ORDER_ID FIELD_FOR FIELD_NAME FIELD_TYPE FIELD_HELP_TEXT DEFAULT_VALUE GROUP_ID "
    "CUSTOM_FIELD_OPTIONS"
)
_ALIKE = frozenset({"Countries", "Currencies", "Pipelines", "Relationships"})
_STAGE = "PIPELINE_ID STAGE_ID STAGE_NAME STAGE_ORDER OWNER_USER_ID"

LOOKUPS = by_name(
    Lookup(name="CustomFields", rows=only(custom_fields, _FIELD), key="CUSTOM_FIELD_ID", paged=False),
    Lookup(name="OpportunityStateReasons", rows=_reasons, paged=False),
    Lookup(name="PipelineStages", rows=only(stages, _STAGE), key="STAGE_ID", paged=False),
    *(replace(one, paged=False) for one in SHARED if one.name in _ALIKE),
)

_PARENTS = "Contacts Organisations Leads Opportunities Projects"
_IMAGES = r"Could not find file 'C:\inetpub\Insightly2WebAPIv21\Content\images\{}'."


def _image(missing: str) -> Picture:
    return Picture(name="Image", on_all=methods("GD"), on_one=methods("CU"), put_status=200, missing=missing)


SUB_RESOURCES: SubResources = dict(
    [
        *below(_PARENTS, *(children(kind, "G") for kind in (EMAILS, NOTES, TASKS))),
        *below("Contacts Leads", _image(_IMAGES.format("user.png"))),
        *below("Opportunities", _image(_IMAGES.format("opportunity-icon.png"))),
        *below("Projects", _image(_IMAGES.format("project-icon.png"))),
        *below("Organisations", _image("")),
        *below("Leads", Conversion(name="convert", on_all=methods("C"))),
        *below("Opportunities", Broken(name="StateHistory", on_all=methods("G"))),
        *below("Notes Emails Tasks", children(COMMENTS, "GC")),
    ]
)

VERSION = Version(
    name="v2.1",
    shapes=SHAPES,
    lookups=LOOKUPS,
    sub_resources=SUB_RESOURCES,
    filters=lambda _kind: (),
    search_filter=lambda _shape, _query: EVERYTHING,
    replaces=True,
    on_members=methods("GCU"),
    tagged=False,
    odata=True,
    looks_up=True,
    plain_errors=True,
    tells_limits=False,
    headers=(("Server", "Microsoft-IIS/7.5"), ("Set-Cookie", "snaptid=local; path=/")),
)
