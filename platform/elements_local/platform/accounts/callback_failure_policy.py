"""What an account wants of a callback that failed: that it is tried again, or put aside."""

from collections.abc import Mapping
from enum import Enum

from elements_local.platform.errors import InvalidRequestError, shown

POLICY_KEY = "notification.webhook.failure.policy"
"""The account setting that holds the policy (documented)."""


class FailurePolicy(Enum):
    """What an account wants done with a callback that failed.

    Source: the two words, and that ``retry`` is the default (documented).
    """

    RETRY = "retry"
    QUEUE = "queue"


def failure_policy(settings: Mapping[str, str]) -> FailurePolicy:
    """Return the policy that an account's settings name; ``retry`` where they name none (documented).

    Raises:
        InvalidRequestError: they name something else.
    """
    word = settings.get(POLICY_KEY, FailurePolicy.RETRY.value)
    try:
        return FailurePolicy(word)
    except ValueError as error:
        raise InvalidRequestError(f"{POLICY_KEY} must be retry or queue; got {shown(word)}") from error
