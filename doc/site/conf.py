"""How the site is made: `make html` in doc/ or in the build directory.

The package under test is found by PYTHONPATH (tests/in-stage sets it), the
pictures are drawn by its own directive while the pages are made.
"""

import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
# Pages draw what the examples leak, and import _site.
sys.path[:0] = [str(HERE), *(str(HERE.parent / "examples" / topic) for topic in (
    "tutorial", "asyncio", "pytest", "report", "networkx"))]

import referrers  # noqa: E402

project = "referrers"
author = "the authors of referrers"
copyright = "the authors of referrers, Apache License 2.0"
version = release = referrers.__version__
language = "en"

extensions = [
    "sphinx.ext.autodoc",
    "myst_parser",
    "sphinx_copybutton",
    "referrers.sphinxext",
    "_site",
]
nitpicky = False
default_role = "code"
exclude_patterns = ["requirements.txt"]
smartquotes = False
show_warning_types = True

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 76
python_use_unqualified_type_names = True
add_module_names = False

myst_heading_anchors = 3
myst_enable_extensions = ["deflist"]

highlight_language = "python"
pygments_style = "tango"
pygments_dark_style = "github-dark"
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True

html_theme = "furo"
html_title = "referrers"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {
        "color-code-background": "#f7f8f9",
        "color-brand-primary": "#0072b2",
        "color-brand-content": "#0067a3",
        "color-brand-visited": "#0067a3",
        "color-api-name": "#0067a3",
        "color-api-pre-name": "#0067a3",
    },
    "dark_css_variables": {
        "color-code-background": "#1b1d20",
        "color-brand-primary": "#56b4e9",
        "color-brand-content": "#6cbdec",
        "color-brand-visited": "#6cbdec",
        "color-api-name": "#6cbdec",
        "color-api-pre-name": "#6cbdec",
    },
}


def _copy_comparison(app, error):
    """comparison.md names its pictures by a path of their own folder."""
    if error is None and app.builder.format == "html":
        target = pathlib.Path(app.outdir) / "comparison"
        target.mkdir(exist_ok=True)
        for path in (HERE.parent / "comparison").glob("*.svg"):
            shutil.copyfile(path, target / path.name)


def setup(app):
    app.connect("build-finished", _copy_comparison)
