"""A certificate for your own receiver: a battery of callbacks, each check isolated and named, and a scorecard."""

from elements_local.certify.battery import certify
from elements_local.certify.scorecard import Outcome, Result, Scorecard

__all__ = ["Outcome", "Result", "Scorecard", "certify"]
