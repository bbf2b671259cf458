"""What can go wrong between the harness and a stack, said so that it can be mended."""

import json
from collections.abc import Sequence

_MOST_LINES = 3


class HarnessError(Exception):
    """Base of the harness's errors: catch it to catch all that is on this page.

    Attributes:
        message: what went wrong, in a sentence.

    Example:
        >>> issubclass(CallError, HarnessError)
        True
    """

    def __str__(self) -> str:
        """Return the sentence, without the secrets of URLs."""
        text = super().__str__()
        if "://" not in text:
            return text
        from elements_local.kit.masks import mask_urls  # noqa: PLC0415 - commands that call nobody need no msgspec

        return mask_urls(text)

    @property
    def message(self) -> str:
        """What went wrong."""
        return str(self)


class UnreachableError(HarnessError):
    """A service of the stack did not answer.

    Attributes:
        url: what was asked for.
        reason: in a few words.

    Example:
        >>> UnreachableError("http://127.0.0.1:4700/_local/clock", "connection refused").reason
        'connection refused'
    """

    def __init__(
        self, url: str, reason: str, *, hint: str = "; is the stack running? `elements-local up` starts one"
    ) -> None:
        super().__init__(f"no answer from {url} ({reason}){hint}")
        self.url = url
        self.reason = reason


class NotRunningError(HarnessError):
    """A service is spoken to that was not started."""

    def __init__(self, client: str) -> None:
        super().__init__(
            f"no {client} runs here; `elements-local up` without --role starts all three services"
        )


class CallError(HarnessError):
    """A service answered with another status than success.

    Attributes:
        status: the answer's, a number.
        body: its text.
        message: the service's own words, where the answer has some.

    Example:
        >>> error = CallError("GET", "http://127.0.0.1:4700/x", 404, '{"message": "No element instance found with ID 1"}')
        >>> error.status, error.message
        (404, 'No element instance found with ID 1')
    """

    def __init__(self, method: str, url: str, status: int, body: str) -> None:
        super().__init__(f"{method} {url} answered {status}: {body[:1000]}")
        self.status = status
        self.body = body

    @property
    def message(self) -> str:
        """What went wrong, in the service's own words where its answer has some."""
        try:
            answer = json.loads(self.body)
        except (ValueError, RecursionError):
            answer = None
        words = answer.get("message") or answer.get("Message") if isinstance(answer, dict) else None
        return words if isinstance(words, str) else str(self)


class StrangeAnswerError(HarnessError):
    """What answers at a URL is no service of a stack, or one of another version."""

    def __init__(self, url: str, came: str) -> None:
        super().__init__(f"{url} does not answer as it should: {came}; is that the right URL?")


class OptionError(HarnessError):
    """A stack cannot be started with these options, or a call's argument cannot be used.

    Example:
        >>> from elements_local import Options
        >>> Options(mode="fast")
        Traceback (most recent call last):
        elements_local.clients.errors.OptionError: mode must be 'real' or 'virtual'; got 'fast'
    """


class UnknownVendorError(HarnessError):
    """A vendor is named that the stack does not play."""

    def __init__(self, element: str, known: Sequence[str]) -> None:
        super().__init__(
            f"this stack plays no vendor {element!r}, only {', '.join(known)}; add one by Options(vendors=(...,)) or "
            "`up --vendor`, with its file, or with a name from `elements-local vendor list`"
        )


class OtherResourceError(HarnessError):
    """Callbacks are looked for by another form of a resource's name, and so in vain."""

    def __init__(self, asked: str, *, polled: str) -> None:
        super().__init__(f"no callback will have objectType {asked!r} (did you mean {polled!r}?)")


class NotPolledWarning(UserWarning):
    """Callbacks are looked for by a type that no instance polls."""

    def __init__(self, asked: str, *, near: str | None, polled: Sequence[str]) -> None:
        hint = f"did you mean {near!r}?" if near else f"polled are {', '.join(polled)}"
        super().__init__(f"no callback will have objectType {asked!r}, which no instance polls; {hint}")


class RefusedWarning(UserWarning):
    """All callbacks that a test was shown were refused by their receiver."""

    def __init__(self, statuses: Sequence[object]) -> None:
        answers = ", ".join(dict.fromkeys(map(str, statuses)))
        super().__init__(
            f"the receiver refused all of these callbacks ({answers}): the sink keeps what came, not what was taken. Ask for "
            "callbacks(status=200), or see why it refuses"
        )


class UnpolledWarning(UserWarning):
    """A test saw no callback of changes, and ended before any poll that could have led to one."""

    def __init__(self, lines: Sequence[str]) -> None:
        few = "; ".join(lines[:_MOST_LINES])
        more = f"; and {len(lines) - _MOST_LINES} more" if len(lines) > _MOST_LINES else ""
        super().__init__(
            f"no callback came, and none could have: {few}{more}. Advance the clock past that poll, or "
            "call elements_platform.poll(), before you look"
        )
