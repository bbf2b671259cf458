"""Pages that stand alone: style and script are in them, nothing comes from elsewhere, and nothing else may run."""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

_PACKAGE = "elements_local"


def render(template: str, *, style: str, script: str | None = None, **values: object) -> str:
    """Return a page made from a template; all text of others is escaped.

    Its policy lets a browser use this style and this script alone, by their hashes: should a text ever come
    through unescaped, nothing of it would run or be fetched.

    Args:
        style, script: files beside the template.
    """
    environment = Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    texts = {"style": _text(style), "script": _text(script) if script else ""}
    return environment.get_template(template).render(
        policy=_policy(**texts),
        **{name: Markup(text) for name, text in texts.items()},  # noqa: S704 - our own files
        **values,
    )


def _text(name: str) -> str:
    return (files(_PACKAGE) / "templates" / name).read_text(encoding="utf-8")


def _policy(*, style: str, script: str) -> str:
    scripts = _source(script) if script else "'none'"
    return (
        f"default-src 'none'; style-src {_source(style)}; script-src {scripts}; "
        "base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
