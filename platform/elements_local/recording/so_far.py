"""What has happened in a workspace so far, as the text of a scenario."""

from typing import TYPE_CHECKING

from elements_local.recording.composer import compose
from elements_local.recording.text import dump
from elements_local.recording.watch import Watch

if TYPE_CHECKING:
    from elements_local.stack.stack import Stack


def scenario_so_far(stack: "Stack", workspace: str) -> str:
    """Return the text of a scenario that does what was done since the workspace was made or reset.

    Raises:
        RecordingError: it cannot be written down; says why.
        HarnessError: a service does not answer, or refuses.
    """
    watch = Watch(stack.workspace(workspace), stack.addresses, seed=stack.seed_of(workspace))
    watch.look()
    recording = compose(watch.session(), name="", reads=False)
    notes = "".join(f"# {' '.join(note.split())}\n" for note in recording.notes)
    return notes + dump(recording.document)
