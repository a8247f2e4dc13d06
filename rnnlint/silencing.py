"""Findings against suppression comments: what stays, and which comments silenced nothing (RNN001)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rnnlint.config.select import Label, did_you_mean, spellings, weight
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
        bare = not comment.rules and not comment.fault
        return bool(named) or (bare and finding.code != UNUSED_SUPPRESSION[0])

    def idle(
        self, path: str, rules: Callable[[], Sequence[Label]], checked: Callable[[], frozenset[str]]
    ) -> Iterator[Finding]:
        """A finding for every comment of a file that names rules which were checked and silenced nothing.

        One more for each rule that does not exist, and one for a comment that cannot be followed.
        """
        for comment in self.comments.get(path, ()):
            if comment.fault:
                yield _finding(comment, comment.fault)
            candidates = [rule for rule in dict.fromkeys(comment.rules) if comment.native or _may_be_own(rule, rules)]
            idle = [
                rule
                for rule in candidates
                if (comment, rule) not in self.used and _was_checked(rule, rules(), checked())
            ]
            unknown = [rule for rule in idle if not any(weight(rule, label) for label in rules())]
            for rule in unknown:
                yield _finding(comment, f"unknown rule {rule}{did_you_mean(rule, spellings(rules()))}")
            if len(unknown) < len(idle):
                yield _unused(comment, [rule for rule in idle if rule not in unknown])


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
    message = f"this comment silences no finding of {', '.join(idle)}"
    return _finding(comment, message, Fix(fix_message, Applicability.SAFE, (edit,)))


def _finding(comment: Suppression, message: str, fix: Fix | None = None) -> Finding:
    code, name = UNUSED_SUPPRESSION
    return Finding(code, name, Severity.WARNING, message, comment.span, help=fix.message if fix else "", fix=fix)
