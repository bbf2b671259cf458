"""What a snapshot's texts become in another workspace: whole names alone are replaced."""

from each_row import each_row
from msgspec.structs import replace

from callback_sink import snapshots as sink
from callback_sink.tables import digest_of
from elements_local.kit.storage.database import Database
from elements_local.kit.workspaces.registry import Workspaces
from elements_local.kit.workspaces.snapshots import Snapshot, rewording

NAMES = {
    "http://a:1/acme": "http://b:2/ws-1",
    "http://a:1": "http://b:2",
    "sEcrEt+/=": "other=",
    "same": "same",
}


def reworded(text):
    return rewording(NAMES)("any", text)


@each_row(
    ("text", "becomes"),
    [
        ("http://a:1/acme", "http://b:2/ws-1"),
        ("http://a:1/acme/instance?x=1", "http://b:2/ws-1/instance?x=1"),
        ("http://a:1/acme-2", "http://b:2/acme-2"),
        ("http://a:1/acmes", "http://b:2/acmes"),
        ("http://a:10/acme", "http://a:10/acme"),
        ('{"url":"http://a:1/acme","key":"sEcrEt+/="}', '{"url":"http://b:2/ws-1","key":"other="}'),
        ("http://a:1/acme http://a:1/acme", "http://b:2/ws-1 http://b:2/ws-1"),
        ("xsEcrEt+/=", "xsEcrEt+/="),
        ("nothing of it", "nothing of it"),
        ("", ""),
    ],
)
def test_whole_names_are_replaced_longer_ones_first(text, becomes):
    assert reworded(text) == becomes


def test_where_the_names_are_the_same_nothing_changes():
    assert rewording({"a": "a"})("any", "a b") == "a b"


def test_names_that_change_places_are_not_replaced_twice():
    assert rewording({"a": "b", "b": "a"})("any", "a b") == "b a"


def moved(name):
    """Return what the sink makes of texts of the workspace ``acme`` in a workspace of some name."""
    workspace = replace(Workspaces(Database()).default, name=name, origin=name)
    snapshot = Snapshot(version=1, service="sink", workspace="acme", tables={}, memory={})
    return sink.moved(snapshot, workspace)


@each_row(
    ("column", "text", "becomes"),
    [
        ("bin", "acme", "other"),
        ("bin", "acme-2", "acme-2"),
        ("bin_digest", digest_of("acme"), digest_of("other")),
        ("bin_digest", digest_of("acme-2"), digest_of("acme-2")),
        ("path", "/acme", "/other"),
        ("path", "//acme/x/acme?acme", "/other/x/acme?acme"),
        ("path", "/acme?x", "/other?x"),
        ("path", "/acme-2", "/acme-2"),
        ("path", "/x/acme", "/x/acme"),
        ("headers", "acme", "acme"),
    ],
)
def test_the_workspaces_own_bin_takes_its_new_name(column, text, becomes):
    assert moved("other")(column, text) == becomes
    assert moved("acme")(column, text) == text
