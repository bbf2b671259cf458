"""What a vendor file says that would not be carried out, or not as it is meant: each with the path to it, and what would do."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from elements_local.kit.masks import mask_urls
from elements_local.kit.web.origins import is_address, is_loopback
from elements_local.platform.configuration.callback_headers import is_header
from elements_local.platform.elements import vendor_file as engine
from elements_local.platform.elements.vendor_file import (
    FileListCall,
    VendorAuthentication,
    VendorFile,
    VendorOAuth2,
    placeholders,
)
from elements_local.stack.shape_errors import shown
from elements_local.stack.vendor_checks.calls import check_call, check_call_of_one, check_list
from elements_local.stack.vendor_checks.fields import check_polled, check_poller, check_record, check_resource
from elements_local.stack.vendor_checks.further import check_further, check_limits, check_route
from elements_local.stack.vendor_checks.places import (
    LIMIT,
    NAME,
    Objection,
    Where,
    check_headers,
    check_path,
    check_places,
    check_regex,
    further_calls,
    names_of,
    paths_of,
    token_calls,
)

_OF_CASES = {
    "expired": "ago expired_at",
    "repeated": "ids",
    "limit": LIMIT,
    "changed": "version",
    "too_many_histories": "most",
    "read_only": "",
    "malformed": "value",
    "not_a_choice": "value choices",
    "backward": "value before",
}
_ERROR = "message status id field resource uuid"
_ORIGIN = re.compile(r"https?://[A-Za-z0-9._:\[\]-]+")
_CONSENT = re.compile(r"https?://[A-Za-z0-9._:\[\]-]+/[^\s?#]*")
_NUMBER = re.compile(r"\d+|0x[\da-f]*")
"""The last part of a host that is read as an address, in whichever form."""
_VARIABLE = re.compile(r"\{\w+\}")
_MOST_LETTERS, _MOST_ENTRIES, _MOST_NUMBER = 10_000, 1_000, 2**53


def objections(file: VendorFile, own_names: frozenset[str]) -> Iterator[Objection]:
    """Yield what is wrong with a file that has its shape.

    Args:
        own_names: by which the stack is called, besides those of loopback.
    """
    yield from _authentication(file.authentication)
    if file.authentication.oauth2:
        yield from _oauth2(file, file.authentication.oauth2)
    yield from _origin(file.origin, own_names)
    if not NAME.fullmatch(file.hub):
        yield ("hub",), f"expected a name of letters, digits, - and _; got {file.hub!r}"
    yield from check_record(file)
    for key, resource in engine.resources_of(file).items():
        yield from check_resource(("resources", key), resource)
    yield from _doubles(file)
    yield from _same_paths(file)
    yield from check_polled(file)
    yield from check_poller(("poller",), file.poller)
    for name, call in file.calls.items():
        yield from check_call(file, name, call)
        if isinstance(call, FileListCall):
            yield from check_list(file, name, call)
        else:
            yield from check_call_of_one(file, name, call)
    for place, route in enumerate(file.routes):
        yield from check_route(file, ("routes", place), route)
    yield from check_further(file)
    yield from _aliases(file)
    yield from check_headers(("headers",), file.headers, "uuid")
    yield from _errors(file)
    yield from check_limits(file)
    for name in file.hooks.__struct_fields__:
        if (text := getattr(file.hooks, name)) is not None and text.count(":") != 1:
            yield ("hooks", name), f"expected package.module:function; got {text!r}"


def _authentication(how: VendorAuthentication) -> Iterator[Objection]:
    if how.header is None and how.parameter is None:
        yield ("authentication",), "give `header`, `parameter` or both: what carries the credential"
    if [*placeholders(how.value)] != ["key"]:
        yield ("authentication", "value"), f"expected a text with {{key}} once; got {how.value!r}"
    elif how.header is not None and not is_header("X", how.value):
        yield ("authentication", "value"), f"expected a text that a header can have; got {how.value!r}"
    if how.header is not None and not is_header(how.header, ""):
        yield ("authentication", "header"), f"expected a header's name; got {how.header!r}"


def _oauth2(file: VendorFile, oauth2: VendorOAuth2) -> Iterator[Objection]:
    where: Where = ("authentication", "oauth2")
    for name, path in (("token", oauth2.token), ("revoke", oauth2.revoke or "/")):
        yield from check_path((*where, name), path, names_of(file))
        yield from check_places((*where, name), path, "")
    if not oauth2.grants or len({*oauth2.grants}) < len(oauth2.grants):
        yield (*where, "grants"), "give at least one grant, and each once"
    if "refresh_token" not in oauth2.grants and oauth2.rotation != "none":
        yield (*where, "rotation"), "refresh_token is none of `grants`, so that it has no effect"
    yield from check_places((*where, "answer"), oauth2.answer, "access_token refresh_token expires_in user")
    if "access_token" not in placeholders(oauth2.answer):
        yield (*where, "answer"), "expected {access_token} in it"
    if oauth2.consent is not None and not _CONSENT.fullmatch(oauth2.consent):
        yield (*where, "consent"), f"expected a URL without a query; got {shown(oauth2.consent)}"
    if info := oauth2.info:
        yield from check_path((*where, "info", "path"), info.path, names_of(file))
        if [*placeholders(info.path)] != ["token"]:
            yield (*where, "info", "path"), "expected {token} in it, and nothing else that varies"
        yield from check_places((*where, "info", "answer"), info.answer, "token user expires_in expires_at")


def _origin(origin: str, own_names: frozenset[str]) -> Iterator[Objection]:
    try:
        parts = urlsplit(origin)
        usable = bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        parts, usable = urlsplit(""), False
    if not usable or not _ORIGIN.fullmatch(origin):
        yield ("origin",), f"expected an origin such as https://api.vendor.example; got {mask_urls(origin)!r}"
    elif is_loopback(host := (parts.hostname or "").rstrip(".")) or f".{host}".endswith(".localhost"):
        yield ("origin",), f"expected the vendor's own host; {host} is this machine, where the stack is"
    elif is_address(host) or _NUMBER.fullmatch(
        host.rpartition(".")[2]
    ):  # 0.0.0.0 and 127.1 are this machine, too
        yield ("origin",), f"expected the vendor's host by its name; {host} is a number"
    elif host in own_names:
        yield ("origin",), f"expected the vendor's own host; the stack is called {host}"


def _aliases(file: VendorFile) -> Iterator[Objection]:
    paths = paths_of(file)
    for alias, known in file.aliases.items():
        where: Where = ("aliases", alias)
        yield from check_path(where, alias, names_of(file))
        if varying := [*placeholders(alias), *placeholders(known)]:
            yield where, f"a beginning has no placeholder; got {{{varying[0]}}}"
        elif alias.endswith("/") or known.endswith("/"):
            yield where, "a beginning ends without /"
        elif file.hooks.routes is None and not any(f"{path}/".startswith(f"{known}/") for path in paths):
            yield where, f"no call has a path that begins with {known}"


def _doubles(file: VendorFile) -> Iterator[Objection]:
    names = Counter(names_of(file))
    for key, resource in engine.resources_of(file).items():
        if names[resource.name] > 1:
            yield (
                ("resources", key),
                f"two resources have the name {resource.name!r}; give one another `name`",
            )
        for place, name in enumerate(resource.declared.names):
            if names[name] > 1:
                where: Where = ("resources", key, "names", place)
                yield where, f"the name {name!r} is taken: each name belongs to one resource, and stands once"
    for place, name in enumerate(file.not_modelled):
        if name in names:
            yield ("not_modelled", place), f"the file has a resource {name!r}"
    keys = Counter(each.key for each in engine.FileConnector(file).element.keys)
    if keys[own := file.authentication.key] > 1 and own not in {each.key for each in file.configuration}:
        yield ("authentication", "key"), f"the element has a key {own!r} already"
    for place, each in enumerate(file.configuration):
        if keys[each.key] > 1:
            yield ("configuration", place, "key"), f"the element has a key {each.key!r} already"


def _same_paths(file: VendorFile) -> Iterator[Objection]:
    calls: list[tuple[Where, str, str]] = [
        *(((name,), engine.method_of(name, call), call.path) for name, call in file.calls.items()),
        *((("routes", place), "GET", route.path) for place, route in enumerate(file.routes)),
        *token_calls(file),
        *((where, engine.method_of("", call), call.path) for where, call in further_calls(file)),
    ]
    seen: dict[tuple[str, str], Where] = {}
    for where, method, own in calls:
        for path in {each for one in file.paths_of(own) for each in _shapes(one, names_of(file))}:
            if (same := seen.setdefault((method, path), where)) != where:
                yield where, f"`{'.'.join(map(str, same))}` has the same method and path"
                break


def _shapes(path: str, resources: Iterable[str]) -> Iterator[str]:
    """Yield what a path looks like for each resource, regardless of how its variables are called."""
    for each in resources if "{resource}" in path else [""]:
        yield _VARIABLE.sub("{}", path.replace("{resource}", each))


def _errors(file: VendorFile) -> Iterator[Objection]:
    more = set[str]()
    for name in file.errors.cases.__struct_fields__:
        if (case := getattr(file.errors.cases, name)) is None:
            continue
        where, body = ("errors", "cases", name), file.errors.body if case.body is None else case.body
        more |= case.values.keys()
        own = [*_ERROR.split(), *_OF_CASES.get(name, "").split()]
        known = [*own, *case.values, *([] if case.json is None else ["json"])]
        if name == "limit":
            known += [value for limit in file.limits for value in limit.values]
        for key, template in (("message", case.message), ("messages", case.messages), ("json", case.json)):
            yield from check_places((*where, key), template, known)
        yield from check_places((*where, "values"), case.values, own)
        for pattern in case.messages:
            yield from check_regex((*where, "messages", pattern), pattern)
        yield from check_headers((*where, "headers"), case.headers, known)
        yield from check_places((*where, "body"), case.body, known)
        for value in case.values:
            if value not in [*placeholders([body, case.message, case.json])]:
                yield (*where, "values", value), f"{{{value}}} does not stand in the body of this error"
    if file.hooks.write is None and file.hooks.routes is None:  # which refuse with values of their own
        yield from check_places(("errors", "body"), file.errors.body, [*_ERROR.split(), *sorted(more)])
