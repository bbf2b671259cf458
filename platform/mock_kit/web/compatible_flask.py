"""Flask 3.1 as far as the services need it, on every Flask from 2.3 on; and routes that are quickly made."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Request
from werkzeug.routing import IntegerConverter, Rule, ValidationError

_OPTIONS = "PROVIDE_AUTOMATIC_OPTIONS"


class _FoundRule(Rule):
    """A route that is found often and hardly ever built.

    werkzeug writes and compiles two functions for each that build its URL; here they are written when one is called.
    Were the method called otherwise, all would work as ever. ``poe bench-scenarios`` pays for it: without, a stack
    starts in 85 ms instead of 35, and all scenarios take a seventh longer, since many have settings of their own.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT001, FBT002
        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            return Rule._compile_builder(rule, append_unknown)(rule, **values)  # noqa: SLF001 - as above

        return build


class _Request(Request):
    """A request whose view may say how much it takes, as Flask's own since 3.1."""

    _own_limit: int | None = None

    @property
    def max_content_length(self) -> int | None:
        """Bytes of a body that are taken: the view's own limit, or the application's."""
        return super().max_content_length if self._own_limit is None else self._own_limit

    @max_content_length.setter
    def max_content_length(self, limit: int | None) -> None:
        self._own_limit = limit


class _IntegerConverter(IntegerConverter):
    """A number in a path; one of more digits than Python reads is none, as in werkzeug since 3.1."""

    def to_python(self, value: str) -> int:
        """Return the number."""
        try:
            number: int = super().to_python(value)
        except ValueError as error:
            raise ValidationError from error
        return number


class CompatibleFlask(Flask):
    """Flask without static files."""

    request_class = _Request
    url_rule_class: type[Rule] = _FoundRule

    def __init__(self, name: str) -> None:
        super().__init__(name, static_folder=None)
        self.url_map.converters["int"] = _IntegerConverter

    def add_url_rule(self, rule: str, *args: Any, **options: Any) -> None:
        """Add a route, without OPTIONS if the configuration says so, as Flask's own since 3.1."""
        if options.get("provide_automatic_options") is None and not self.config.get(_OPTIONS, True):
            options["provide_automatic_options"] = False
        super().add_url_rule(rule, *args, **options)
