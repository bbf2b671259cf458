"""The certification of a receiver: a battery of callbacks, each check isolated and named, and the scorecard of it."""

from elements_local.certify.battery import certify
from elements_local.certify.scorecard import Outcome, Result, Scorecard

__all__ = ["Outcome", "Result", "Scorecard", "certify"]
