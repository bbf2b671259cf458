"""Pages that stand alone: their style is in them, nothing comes from elsewhere, and nothing may run."""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

_PACKAGE = "elements_local"


def render(template: str, *, style: str, **values: object) -> str:
    """Return a page made from a template; all text of others is escaped.

    Its policy lets a browser use this style alone, by its hash: should a text ever come through unescaped, nothing of it
    would run or be fetched.

    Args:
        style: a file beside the template.
    """
    environment = Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    text = (files(_PACKAGE) / "templates" / style).read_text(encoding="utf-8")
    return environment.get_template(template).render(
        policy=_policy(text),
        style=Markup(text),  # noqa: S704 - our own file
        **values,
    )


def _policy(style: str) -> str:
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; script-src 'none'; base-uri 'none'; form-action 'none'"
