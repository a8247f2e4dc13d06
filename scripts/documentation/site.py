"""All pages and files of the site that are generated, and what takes the place of `<!-- generated: ... -->`."""

from __future__ import annotations

import re
from pathlib import Path

from rnnlint.rulebook import every_rule
from scripts.documentation.command_page import commands
from scripts.documentation.format_page import formats
from scripts.documentation.interface_page import interface
from scripts.documentation.measurements import FOLDER
from scripts.documentation.option_page import options
from scripts.documentation.rule_index import index_page, symptoms_page
from scripts.documentation.rule_page import every_rate, rule_page
from scripts.generate_schema import SCHEMA_FILE

ROOT = Path(__file__).parents[2]
PARTS = {"commands": commands, "formats": formats, "interface": interface, "options": options, "rates": every_rate}
_PLACE = re.compile(r"<!-- generated: (\w+) -->")


def generated_files() -> dict[str, str]:
    """The text of each generated file by its path in the site's sources."""
    return {
        **{f"rules/{rule.name}.md": rule_page(rule) for rule in every_rule()},
        "rules/index.md": index_page(),
        "symptoms.md": symptoms_page(),
        "contributing.md": _of_the_repository("CONTRIBUTING.md"),
        "changelog.md": _of_the_repository("CHANGELOG.md"),
        "accuracy.md": _of_the_repository("benchmarks/accuracy/README.md"),
        SCHEMA_FILE.name: SCHEMA_FILE.read_text("utf-8"),
        **{f"measurements/{path.name}": path.read_text("utf-8") for path in FOLDER.glob("*.csv")},
    }


def completed(markdown: str) -> str:
    """A page with its generated parts."""
    return _PLACE.sub(lambda match: PARTS[match[1]](), markdown)


def _of_the_repository(path: str) -> str:
    return (ROOT / path).read_text("utf-8")
