"""What a vendor refuses, by the name of its case in the file."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Self

from elements_local.platform.elements.vendor_file.model import VendorErrorCase
from elements_local.platform.elements.vendor_file.templates import TemplateRows, filled

_EACH = "each"


class VendorRefusalError(Exception):
    """A call is refused.

    Attributes:
        case: one of the file's ``errors.cases``.
        values: what fills its message and body, beside the message.
    """

    def __init__(self, case: str, message: str, **values: object) -> None:
        super().__init__(message)
        self.case, self.values = case, values

    @classmethod
    def of_fields(cls, case: str, message: str, each: Sequence[Mapping[str, object]]) -> Self:
        """Return the refusal of several fields at once, by the values of each; its own are those of the first."""
        return cls(case, message, **{**each[0], _EACH: each})

    @property
    def is_about(self) -> str:
        """The name of what the error is about; empty if it has none."""
        return str(
            next((self.values[name] for name in ("resource", "id", "field") if name in self.values), "")
        )


def values_of(
    how: VendorErrorCase, message: str, values: Mapping[str, object], about: str = ""
) -> dict[str, object]:
    """Return what fills the templates of an error.

    Args:
        message: ours.
        about: the name of what the error is about.
    """
    given = values.get(_EACH)
    each = [{**row, **_own(how, {**values, **row})} for row in given] if isinstance(given, Sequence) else []
    known = {**values, **_own(how, values), "message": message}
    if each:
        known[_EACH] = TemplateRows(each[0], each)
    if how.json is not None:
        known["json"] = json.dumps(filled(how.json, known), separators=(",", ":"), ensure_ascii=False)
    texts = (text for pattern, text in how.messages.items() if re.fullmatch(pattern, about))
    return {**known, "message": filled(next(texts, how.message), known) or message}


def _own(how: VendorErrorCase, values: Mapping[str, object]) -> dict[str, object]:
    return {name: filled(text, values) for name, text in how.values.items()}
