"""The hook that lets MkDocs build the generated pages; the pages themselves come from scripts/documentation."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

sys.path.insert(0, str(Path(__file__).parents[1]))

from scripts.documentation.rule_index import navigation
from scripts.documentation.site import completed, generated_files


def on_config(config: Any) -> Any:
    """Put the rules below their index in the side bar."""
    for entry in config.nav:
        if "Rules" in entry:
            entry["Rules"] = [*entry["Rules"], *navigation()]
    return config


def on_files(files: Files, config: Any) -> Files:
    """Add the generated pages."""
    for path, text in generated_files().items():
        files.append(File.generated(config, path, content=text))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Fill in the generated parts of the other pages."""
    return completed(markdown)
