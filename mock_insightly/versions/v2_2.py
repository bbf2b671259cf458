"""Version 2.2, as it was late in its life: record graphs, full replacement, search by one filter."""

from mock_insightly.versions.shape import methods, shapes_of
from mock_insightly.versions.v2_filters import FILTERS, search_filter
from mock_insightly.versions.v2_paths import LOOKUPS, SUB_RESOURCES
from mock_insightly.versions.v2_records import CONTACT, LEAD, OPPORTUNITY, ORGANISATION
from mock_insightly.versions.v2_work import WORK
from mock_insightly.versions.version import Version

VERSION = Version(
    name="v2.2",
    shapes=shapes_of(CONTACT, ORGANISATION, LEAD, OPPORTUNITY, *WORK),
    lookups=LOOKUPS,
    sub_resources=SUB_RESOURCES,
    filters=lambda kind: FILTERS[kind.name],
    search_filter=search_filter,
    replaces=True,
    on_members=methods("GCU"),
    tagged=False,
    briefs=True,
)
