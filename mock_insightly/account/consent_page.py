"""The page on which a user of the CRM lets an application in, and what is said afterwards: plain HTML."""

from string import Template

from markupsafe import escape

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    # with `no-referrer` a browser says `Origin: null` of the page's own form, too, and that is refused
    "Referrer-Policy": "same-origin",
}
"""What keeps the page from being framed, and from telling on."""

_PAGE = Template(
    """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Insightly (elements-local): $title</title>
<style>body { font: 16px sans-serif; max-width: 34em; margin: 4em auto; }</style>
<h1>$title</h1>
$content
</html>
"""
)

_FORM = Template(
    """<p>$warning</p>
<p>The application <b>$client_id</b> asks for access to your records. You are then sent to <code>$redirect_uri</code>.</p>
<form method="post" action="/oauth/authorize">
<input type="hidden" name="client_id" value="$client_id">
<input type="hidden" name="redirect_uri" value="$redirect_uri">
<input type="hidden" name="state" value="$state">
<p><label>Your API key <input name="api_key" type="password" required autocomplete="off"></label></p>
<p><button name="consent" value="allow">Allow</button> <button name="consent" value="deny" formnovalidate>Deny</button></p>
</form>"""
)


def consent_page(*, client_id: str, redirect_uri: str, state: str, warning: str = "") -> str:
    """Return the page that asks; nothing that came from elsewhere is taken for markup."""
    said = {"client_id": client_id, "redirect_uri": redirect_uri, "state": state, "warning": warning}
    form = _FORM.substitute({name: str(escape(value)) for name, value in said.items()})
    return _PAGE.substitute(title="Let an application in?", content=form)


def denied_page() -> str:
    """Return the page that says that nothing was given."""
    return _PAGE.substitute(
        title="Nothing was given", content="<p>The application was not let in. You may close this page.</p>"
    )
