"""A rule's page as markdown: what it finds, why, and what to do instead."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rnnlint.rules.base import Rule


def rule_page(rule: Rule) -> str:
    """The rule's name and facts above its documentation."""
    facts = [f"Severity: {rule.severity.value}."]
    if rule.frameworks:
        facts.append(f"Frameworks: {', '.join(rule.frameworks)}.")
    if rule.symptoms:
        facts.append(f"Symptoms: {', '.join(rule.symptoms)}.")
    return f"# {rule.name} ({rule.code})\n\n{' '.join(facts)}\n\n{rule.documentation().strip()}"
