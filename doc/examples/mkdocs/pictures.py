"""Draws the pictures of the pages while MkDocs builds them.

A page shows one by its name, `basket`, and the theme chooses the colours:

    ![What keeps a basket alive](basket-light.svg#only-light)
    ![What keeps a basket alive](basket-dark.svg#only-dark)
"""

import pathlib
import subprocess
import sys

from mkdocs.structure.files import File

# The name of the picture, and what the command is asked.
PICTURES = {"basket": ["-e", "shop.visits['ann'].basket", "shop.py"]}


def on_files(files, config):
    folder = pathlib.Path(config.config_file_path).parent
    for name, question in PICTURES.items():
        for theme in ("light", "dark"):
            svg = subprocess.run(
                [sys.executable, "-m", "referrers.dot", "-T", "svg",
                 "--theme", theme, "--background", "transparent", *question],
                cwd=folder, check=True, stdout=subprocess.PIPE).stdout
            files.append(File.generated(
                config, "%s-%s.svg" % (name, theme), content=svg))
    return files
