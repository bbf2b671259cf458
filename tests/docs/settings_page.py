"""The page of every setting, made from the declarations: ``poe settings`` writes it."""

from elements_local.setting_sources import every_setting
from elements_local.settings_list import written
from elements_local.stack.stack_settings import ClientSettings, SharedSettings, StartSettings, TenantSettings

HEAD = """# Every setting

`elements-local settings` lists these with the values that hold. [Settings](settings.md) says how they are set. The names are those
of `pyproject.toml` and of `--set`; the variable of `crm.limits` is `ELEMENTS_LOCAL_CRM_LIMITS`."""
TITLES = {
    StartSettings: "How a stack is started",
    SharedSettings: "The stack as a whole",
    ClientSettings: "Where commands find a stack",
    TenantSettings: "A tenant of the real platform",
    "platform": "The platform",
    "crm": "The CRM",
    "sink": "The sink",
}


def page():
    """Return the page as Markdown."""
    return "\n".join([HEAD, *(line for of, title in TITLES.items() for line in table(of, title))])


def table(of, title):
    every = every_setting()
    names = [name for name in every if name.startswith(f"{of}.")] if isinstance(of, str) else of.declared()
    yield from ("", f"## {title}", "", "| setting | default | takes | meaning |", "| --- | --- | --- | --- |")
    for name in names:
        each = every[name]
        default = written(each.to_json(each.default), each.about)
        about = each.about.replace("*", "\\*")
        yield f"| `{name}` | `{default}` | {each.expected} | {about} |"


if __name__ == "__main__":
    print(page())  # noqa: T201 - that is what it is for
