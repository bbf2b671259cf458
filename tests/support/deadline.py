"""How long the tests wait for what has to come; nothing that is well takes so long, however busy the machine is."""

from datetime import timedelta

DEADLINE_S = 240
"""Below the ``timeout`` of pytest, which would end all tests of its process and not say what did not come."""

DEADLINE = timedelta(seconds=DEADLINE_S)

PATIENT = {"ELEMENTS_LOCAL_PLATFORM_CALLBACK_WAIT": str(DEADLINE_S)}
"""The setting of a stack whose receivers answer once something has happened."""
