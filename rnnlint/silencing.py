"""Findings against suppression comments: what stays, and which comments silenced nothing (RNN001)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rnnlint.config.select import Label, weight
from rnnlint.finding import Applicability, Edit, Finding, Fix, Severity
from rnnlint.source.suppression import Suppression

UNUSED_SUPPRESSION = ("RNN001", "unused-suppression")

_OWN_CODE = re.compile(r"RNN\d*", re.IGNORECASE)


@dataclass(slots=True)
class Silencer:
    """The suppression comments of a run, by the path that findings print, and what they have silenced."""

    comments: Mapping[str, Sequence[Suppression]]
    used: set[tuple[Suppression, str]] = field(default_factory=set)

    def audible(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings that no comment silences."""
        for finding in findings:
            comments = self.comments.get(finding.span.path, ())
            silenced = [self._meets(comment, finding) for comment in comments]
            if not any(silenced):
                yield finding

    def _meets(self, comment: Suppression, finding: Finding) -> bool:
        if not comment.covers(finding.span):
            return False
        label = Label(finding.code, finding.name)
        named = [rule for rule in comment.rules if weight(rule, label)]
        self.used.update((comment, rule) for rule in named)
        return bool(named) or (not comment.rules and finding.code != UNUSED_SUPPRESSION[0])

    def idle(
        self, path: str, rules: Callable[[], Sequence[Label]], checked: Callable[[], frozenset[str]]
    ) -> Iterator[Finding]:
        """A finding for every comment of a file that names rules which were checked and silenced nothing."""
        for comment in self.comments.get(path, ()):
            candidates = [rule for rule in dict.fromkeys(comment.rules) if comment.native or _may_be_own(rule, rules)]
            idle = [
                rule
                for rule in candidates
                if (comment, rule) not in self.used and _was_checked(rule, rules(), checked())
            ]
            if idle:
                yield _unused(comment, idle)


def _may_be_own(selector: str, rules: Callable[[], Sequence[Label]]) -> bool:
    """In `# noqa`, only RNN codes and names of rules are rnnlint's; the rest belongs to other tools."""
    if _OWN_CODE.fullmatch(selector):
        return True
    return "-" in selector and any(weight(selector, rule) for rule in rules())


def _was_checked(selector: str, rules: Sequence[Label], checked: frozenset[str]) -> bool:
    """True when every rule the selector names was looked for; a selector that names none counts as well."""
    named = {rule.code for rule in rules if weight(selector, rule)}
    return named <= checked and UNUSED_SUPPRESSION[0] not in named


def _unused(comment: Suppression, idle: list[str]) -> Finding:
    staying = [rule for rule in comment.rules if rule not in idle]
    if staying and comment.rules_span is not None:
        fix_message, edit = f"remove {', '.join(idle)}", Edit(comment.rules_span, ", ".join(staying))
    else:
        fix_message, edit = "remove the comment", Edit(comment.removal, "")
    code, name = UNUSED_SUPPRESSION
    return Finding(
        code,
        name,
        Severity.WARNING,
        f"this comment silences no finding of {', '.join(idle)}",
        comment.span,
        help=fix_message,
        fix=Fix(fix_message, Applicability.SAFE, (edit,)),
    )
