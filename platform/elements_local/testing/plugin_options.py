"""The options of the pytest plugin; read in every run of pytest, so it imports nothing."""

from typing import Any

USUAL_FOLDERS = ["scenarios"]
"""A folder that others may have as well, so what in it is not ours is left alone; in one that is named, all of it is."""

INI: dict[str, dict[str, Any]] = {
    "elements_scenarios": {
        "help": "folders whose *.yaml files are scenarios; unless set, those in scenarios/ that have `scenario:` at their top",
        "type": "args",
        "default": USUAL_FOLDERS,
    },
    "elements_receiver": {"help": "your own receiver of callbacks: module:app, module:app/path or a URL"},
    "elements_set": {
        "help": "settings of the stack, such as platform.batch_size=5; --elements-set goes before them",
        "type": "args",
    },
}
"""Of the ini file: name -> what pytest's ``addini`` is told."""

OPTIONS: dict[str, dict[str, Any]] = {
    "--elements-set": {
        "metavar": "NAME=VALUE",
        "action": "append",
        "default": [],
        "help": "set what `elements-local settings` lists, such as platform.batch_size=5; may be given several times",
    },
    "--elements-stack": {
        "metavar": "URL",
        "help": "use the stack whose platform is at URL instead of starting one; fixtures and scenarios work in workspaces of "
        "their own there. ELEMENTS_LOCAL_TOKEN is its admin token, if it has one",
    },
    **{
        f"--elements-{service}": {
            "metavar": "URL",
            "help": f"where the {service} of that stack is reached, if not where its platform says",
        }
        for service in ("crm", "sink")
    },
    "--elements-transport": {
        "choices": ["in-process", "network"],
        "default": "in-process",
        "help": "run scenarios in process under freezegun (default), or over real ports",
    },
    "--elements-update": {
        "action": "store_true",
        "help": "write the streams that scenarios expect, instead of holding what came against them",
    },
}
"""Of the command line: flag -> what pytest's ``addoption`` is told."""
