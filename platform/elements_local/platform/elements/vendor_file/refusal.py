"""What a vendor refuses, by the name of its case in the file."""


class VendorRefusalError(Exception):
    """A call is refused.

    Attributes:
        case: one of the file's ``errors.cases``.
        values: what fills its message and body, beside the message.
    """

    def __init__(self, case: str, message: str, **values: object) -> None:
        super().__init__(message)
        self.case, self.values = case, values
