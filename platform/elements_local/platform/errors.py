"""Every way a rule can say no. Which status each becomes stands in one table, in ``request_policy.py``."""

from elements_local.kit.text import shortened

_SHOWN = 100


def quoted(value: object) -> str:
    """Quote what came, as much of it as a message needs."""
    try:
        text = "null" if value is None else repr(value)
    except ValueError:  # Python writes no whole number of more than 4300 digits
        return "a number of thousands of digits"
    return shortened(text, _SHOWN)


class PlatformError(Exception):
    """Base of all the platform's own errors; its text is meant for the person who debugs a call."""


class InvalidCredentialsError(PlatformError):
    """The Authorization header is missing, garbled, or names secrets that are nobody's.

    Source: the first sentence is the platform's (observed on the successor's host, assumed for older ones);
        what follows it is ours.
    """

    def __init__(self, detail: str) -> None:
        super().__init__(f"Invalid Organization or User secret, or invalid Element token provided. {detail}")


class ForbiddenError(PlatformError):
    """What is asked for is not the caller's to ask."""


class NotFoundError(PlatformError):
    """Something with this id or key is not there.

    Source: "No account found with ID 123456" is the platform's form (documented).
    """

    def __init__(self, kind: str, key: object, *, named: str = "ID") -> None:
        super().__init__(f"No {kind} found with {named} {key}")


class NothingFoundError(PlatformError):
    """A list has nothing in it, on an endpoint that answers 404 then.

    Source: the message has the form ``No ... found`` (observed: the vendor's command line looks for it).
    """

    def __init__(self, kinds: str) -> None:
        super().__init__(f"No {kinds} found")


class InvalidRequestError(PlatformError):
    """A body or a parameter does not say what it has to."""


class DatePatternError(InvalidRequestError):
    """A Java date pattern cannot be used."""

    def __init__(self, pattern: str, reason: str) -> None:
        super().__init__(f"date pattern {pattern!r}: {reason}")


class UnknownZoneError(InvalidRequestError):
    """A time zone is not known by this name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"unknown time zone {quoted(name)}; use GMT, an offset such as -08:00, or a name such as America/Denver"
        )


class QueryError(InvalidRequestError):
    """A ``where`` clause cannot be parsed.

    Source: answers carry "Error parsing query" (observed on bulk queries, assumed for lists).
    """

    def __init__(self, text: str, *, column: int, reason: str) -> None:
        super().__init__(f"Error parsing query at column {column}: {reason}; the query was: {text}")
        self.column = column


class PollerConfigurationError(InvalidRequestError):
    """The poller's configuration cannot be used."""


class UnreadableDateError(PlatformError):
    """A date in a record does not follow the configured pattern."""

    def __init__(self, value: object, pattern: str) -> None:
        none = "the record has no such field, or null in it"
        super().__init__(none if value is None else f"{quoted(value)} does not follow {pattern!r}")


class InstanceDisabledError(PlatformError):
    """A hub call on an instance that is switched off."""

    def __init__(self, instance_id: int) -> None:
        super().__init__(
            f"Element instance {instance_id} is disabled; PUT /instances/{instance_id}/enabled enables it"
        )


class NotAcceptableError(PlatformError):
    """A client takes an answer in no form that there is."""


class UnsupportedCallError(PlatformError):
    """A call that the vendor's platform answers, and this one does not imitate."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not imitated; docs/not-imitated.md lists what is not")


class ConflictError(PlatformError):
    """What is asked for clashes with what is going on."""


class ProviderError(PlatformError):
    """The CRM refused a call, or did not answer.

    Attributes:
        status: what the platform answers with.
        provider_message: the CRM's own words, as they came; None if it said nothing.
    """

    def __init__(self, *, status: int, message: str, provider_message: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.provider_message = provider_message
