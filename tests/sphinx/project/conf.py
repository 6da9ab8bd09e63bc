import os
import sys

sys.path.insert(0, os.path.abspath("library"))

project = author = copyright = "Sessions"
version = "1"
extensions = ["referrers.sphinxext", "myst_parser"]
numfig = True
html_theme = os.environ.get("THEME", "alabaster")
