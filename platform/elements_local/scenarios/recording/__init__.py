"""Recording: what happened in a workspace is read and written as a scenario that does the same and expects what came."""

from elements_local.scenarios.recording.composer import Recording
from elements_local.scenarios.recording.recorder import Recorder, compose, scenario_so_far
from elements_local.scenarios.recording.session import RecordingError, Session
from elements_local.scenarios.recording.text import write
from elements_local.scenarios.recording.watch import Watch, session_of

__all__ = [
    "Recorder",
    "Recording",
    "RecordingError",
    "Session",
    "Watch",
    "compose",
    "scenario_so_far",
    "session_of",
    "write",
]
