"""Every way the CRM can say no. Statuses are given in ``app``."""

from collections.abc import Iterable

from elements_local.kit.api.json_text import Json, encode_text

_SHOWN = 80


class CrmError(Exception):
    """The base of what the CRM refuses."""


class AuthorizationDeniedError(CrmError):
    """No API key came, or one that is nobody's.

    Source: the body of a 401 on v3.1, probed live by w6w (observed); that v2.2 says the same is assumed, as it
        is the stock text of the vendor's web framework.
    """

    def __init__(self) -> None:
        super().__init__("Authorization has been denied for this request.")


class XmlNotServedError(CrmError):
    """An answer in XML is asked for, which the real CRM gives (Insightly v2.1 help page, documented) and this does not."""

    def __init__(self, came: str) -> None:
        super().__init__(
            f"Answers are JSON here, never XML: Accept must allow application/json; got {came!r}"
        )


class NoSuchRecordError(CrmError):
    """A record is not there, or no longer.

    Source: the words are those of v2.1's plain-text 404, recorded by the vendor's Ruby client (observed); that
        later versions say them in ``Message`` is assumed.
    """

    def __init__(self, entity: str, record_id: int) -> None:
        super().__init__(f"No {entity} with ID = {record_id}")


class NoSuchResourceError(CrmError):
    """A path leads nowhere."""

    def __init__(self, resource: str, known: Iterable[str]) -> None:
        super().__init__(f"There is no resource {resource!r} here; there are {', '.join(known)}.")


class SingularResourceError(CrmError):
    """A path has a resource's singular."""

    def __init__(self, came: str, name: str) -> None:
        super().__init__(f"{came!r} supports no method; the resource's name is {name!r}")


class NoSuchRowError(CrmError):
    """A record has no such row, or a list no such entry."""

    def __init__(self, called: str, came: Json) -> None:
        super().__init__(f"{called} has nothing that is called {shown(came)}")


class BadRequestError(CrmError):
    """The base of what makes a request a bad one."""


class FieldError(BadRequestError):
    """A value does not fit its field."""

    def __init__(self, called: str, expected: str, came: Json) -> None:
        super().__init__(f"{called} must be {expected}; got {shown(came)}")


class MissingFieldError(BadRequestError):
    """A field that must have a value has none."""

    def __init__(self, called: str, entity: str) -> None:
        super().__init__(f"{called} is required: expected a value for it in the {entity}; got none")


class NotARecordError(BadRequestError):
    """A body is JSON, but no object."""

    def __init__(self, entity: str, came: Json) -> None:
        super().__init__(f"The body must be one {entity} as a JSON object; got {shown(came)}")


class EmptyUploadError(CrmError):
    """A file came without content or without a name.

    Source: 417 for an image of no bytes (recorded v2.1 exchanges, observed).
    """

    def __init__(self, called: str) -> None:
        super().__init__(f"A file must have a name and content; got nothing for {called}")


class InUseError(CrmError):
    """What others refer to, or the last of its sort, or what is retired, is to be changed or deleted.

    Source: 409 (Insightly v3.1 OpenAPI document, documented).
    """

    def __init__(self, entity: str, record_id: int, why: str) -> None:
        super().__init__(f"The {entity} with ID = {record_id} {why}")


class PlanLimitError(CrmError):
    """The account has as many records as its plan allows.

    Source: 402 (Insightly v3.1 OpenAPI document, documented); its words are assumed.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"The plan's limit of {limit} records is reached")


class UnservedError(CrmError):
    """The base of why a path that the vendor has leads to nothing here."""


class OutOfPlanError(UnservedError):
    """A path leads to what the account's plan has not.

    Source: 403 with words like these (the Ampersand connector's list, observed second-hand).
    """

    def __init__(self, called: str) -> None:
        super().__init__(f"User doesn't have access: {called} is not in the plan of this account")


class HiddenByPlanError(UnservedError):
    """A path leads to what the account's plan hides.

    Source: 404 without words (the Ampersand connector's list, observed second-hand).
    """

    def __init__(self, called: str) -> None:
        super().__init__(f"{called} is not in the plan of this account")


class NotImitatedError(UnservedError):
    """A path leads to what the account has at the vendor, and this CRM does not imitate; 501 is ours."""

    def __init__(self, called: str) -> None:
        super().__init__(
            f"elements-local does not imitate {called}; docs/not-imitated.md lists what it leaves out"
        )


class StorageLimitError(PlanLimitError):
    """The account has as many bytes of files as its plan allows.

    Source: 402 (Insightly v3.1 OpenAPI document, documented); its words are assumed.
    """

    def __init__(self, limit: int) -> None:
        CrmError.__init__(self, f"The plan's limit of {limit} bytes of files is reached")


class RepeatedRowError(BadRequestError):
    """A link or a tag is there already."""

    def __init__(self, called: str, duplicate: Json) -> None:
        super().__init__(f"{called} must differ from one another; there is already {shown(duplicate)}")


class MixedDatesError(BadRequestError):
    """One body writes some dates with a space and others with a ``T``.

    Source: v3.1 answers 400, probed live by insightly-mcp (observed second-hand).
    """

    def __init__(self, spaced: str, iso: str) -> None:
        super().__init__(
            f"All dates of a body must be written the same way; "
            f"{spaced} has the form yyyy-MM-dd HH:mm:ss, {iso} has the form yyyy-MM-ddTHH:mm:ss"
        )


class StaleRecordError(BadRequestError):
    """An ``If-Match`` header does not name the record's present state."""

    def __init__(self, came: str) -> None:
        super().__init__(
            f"The If-Match value {came!r} is not valid: the record has changed since it was read"
        )


class TooManyFiltersError(BadRequestError):
    """A v2.2 search has more than one filter.

    Source: "exactly one" stands in the vendor's Python client (documented); that more get a 400 is assumed.
    """

    def __init__(self, came: Iterable[str]) -> None:
        super().__init__(f"A search takes exactly one filter; got {', '.join(came)}")


class HalfAFilterError(BadRequestError):
    """Only one of ``field_name`` and ``field_value`` came.

    Source: the two "must come together" (Insightly v3.1 help page, documented); the 400 is assumed.
    """

    def __init__(self, missing: str, came: str) -> None:
        super().__init__(f"field_name and field_value must come together; got {came} without {missing}")


class NoSuchFieldError(BadRequestError):
    """A search names a field that a resource has not, or that cannot be searched."""

    def __init__(self, called: str, resource: str, nearest: Iterable[str]) -> None:
        hint = " or ".join(nearest)
        super().__init__(
            f"field_name must be a field of {resource} that holds one value; got {called!r}"
            + (f"; nearest are {hint}" if hint else "")
        )


def shown(value: Json) -> str:
    """Return a value as a message may quote it."""
    text = encode_text(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text)} characters of JSON)"


class RedirectError(BadRequestError):
    """A user cannot be sent back to an address."""

    def __init__(self, came: str) -> None:
        super().__init__(
            f"redirect_uri must be an address such as http://127.0.0.1:8080/callback; got {came}"
        )


class GrantError(BadRequestError):
    """A code stands for nothing, or not for who sends it."""

    def __init__(self) -> None:
        super().__init__(
            "invalid_grant: the code is unknown, used up or too old, or was given to another client_id or redirect_uri"
        )
