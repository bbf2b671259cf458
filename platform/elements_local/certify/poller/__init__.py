"""The certification of a poller: a battery of changes, what the audit's oracle expects of them, and what the poller said."""

from elements_local.certify.poller.battery import certify_poller
from elements_local.certify.poller.checks import BATTERY
from elements_local.certify.poller.command import CommandRunner, Ended

__all__ = ["BATTERY", "CommandRunner", "Ended", "certify_poller"]
