"""What a snapshot of the sink becomes in a workspace of another name: the bin of the old name is that of the new one."""

import re

from callback_sink.tables import digest_of
from mock_kit.storage.snapshots import Snapshot, unmoved
from mock_kit.storage.table_rows import Reworded
from mock_kit.workspaces.registry import Workspace


def moved(snapshot: Snapshot, workspace: Workspace) -> Reworded:
    """Rename the workspace's own bin, in every row that is of it; other bins keep their names."""
    was, now = snapshot.workspace, workspace.name
    if was == now:
        return unmoved(snapshot, workspace)
    names = {was: now, digest_of(was): digest_of(now)}
    # The name must end there: `acme-2` does not begin with the bin `acme`.
    start = re.compile(rf"/+{re.escape(was)}(?=[/?]|\Z)")

    def reworded(column: str, text: str) -> str:
        if column in {"bin", "bin_digest"}:
            return names.get(text, text)
        return start.sub(f"/{now}", text, count=1) if column == "path" and start.match(text) else text

    return reworded
