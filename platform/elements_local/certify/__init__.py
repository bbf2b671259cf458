"""The certification of a receiver or a poller: a battery of checks, each isolated and named, and the scorecard of it."""

from elements_local.certify.receiver.certification import certify
from elements_local.certify.scorecard import Outcome, Result, Scorecard

__all__ = ["Outcome", "Result", "Scorecard", "certify"]
