"""What is told of callbacks: what each is about, read from its body, and where it goes, as far as that may be shown."""

from urllib.parse import urlsplit

from msgspec import DecodeError, Struct
from msgspec.json import Decoder

from mock_kit.admin.masks import MASK, mask_target
from mock_platform.activity.lines import Sent, Subject
from mock_platform.core.models import Attempt


class _Event(Struct, rename="camel"):
    """One of a callback's events."""

    object_type: str
    event_type: str
    object_id: str = ""


class _Message(Struct, rename="camel"):
    """What is inside a callback's envelope."""

    instance_id: int
    events: tuple[_Event, ...] = ()


class _Envelope(Struct):
    """A callback's body; all else in it, the records too, is passed over unread."""

    message: _Message


_envelope = Decoder(_Envelope)


def subject_of(body: bytes) -> Subject:
    """Return what a callback is about; nothing of one that is no instance's."""
    try:
        message = _envelope.decode(body).message
    except (DecodeError, UnicodeDecodeError):
        return Subject()
    changes = tuple((each.object_type, each.event_type, each.object_id) for each in message.events)
    return Subject(changes=changes, instance_id=message.instance_id)


def sent(attempt: Attempt, body: bytes) -> Sent:
    """Return what is told of an attempt."""
    return Sent(
        url=shown_url(attempt.url),
        status=attempt.status,
        reason=attempt.reason,
        number=attempt.number,
        subject=subject_of(body),
    )


def shown_url(url: str) -> str:
    """Return a URL without the password before its host, and without the secrets in its query.

    >>> shown_url("https://ada:pass@example.com/hook?token=0123&page=2")
    'https://********@example.com/hook?token=********&page=2'
    """
    try:
        parts = urlsplit(url)
    except ValueError:  # it is none, and nothing is sent there
        return mask_target(url)
    _, at, host = parts.netloc.rpartition("@")
    hidden = parts._replace(netloc=f"{MASK}@{host}" if at else host, fragment="").geturl()
    return mask_target(hidden)
