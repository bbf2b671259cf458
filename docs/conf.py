"""How Sphinx makes a site of these pages; ``poe docs`` has ``build_site.py`` gather them first."""

from importlib.metadata import version as version_of

project = "elements-local"
author = "the authors of elements-local"
release = version = version_of("elements-local")

extensions = ["myst_parser", "sphinx_copybutton"]
myst_heading_anchors = 4

html_theme = "furo"
html_title = f"elements-local {release}"
html_show_sphinx = False
