"""Which rules hold for which file. Rules are imported only when a question needs them."""

from __future__ import annotations

from functools import cache

from rnnlint.config.load import Configuration
from rnnlint.config.select import (
    Label,
    all_selectors,
    check_selectors,
    fixable_codes,
    ignored_in,
    left_in_preview,
    selected_codes,
)
from rnnlint.config.settings import Settings
from rnnlint.finding import Finding
from rnnlint.source.discover import SourceFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rnnlint.rules.base import Rule


@cache
def every_rule() -> tuple[Rule, ...]:
    """All rules by code, those about files included."""
    from rnnlint.file_rules import FILE_RULES
    from rnnlint.rules.registry import all_rules

    return tuple(sorted((*FILE_RULES, *all_rules()), key=lambda rule: rule.code))


def rule_named(word: str) -> Rule | None:
    """The rule that a code or a name stands for, in upper or lower case."""
    named = (rule for rule in every_rule() if word.upper() == rule.code or word.lower() == rule.name)
    return next(named, None)


@cache
def every_label() -> tuple[Label, ...]:
    """The labels of all rules."""
    return tuple(Label(rule.code, rule.name) for rule in every_rule())


@cache
def preview_codes() -> frozenset[str]:
    """The codes of the rules in preview."""
    return frozenset(rule.code for rule in every_rule() if rule.preview)


@cache
def codes_selected(settings: Settings) -> frozenset[str]:
    """The codes that the settings select, per-file-ignores aside."""
    return selected_codes(settings, every_label(), preview_codes())


@cache
def codes_fixable(settings: Settings) -> frozenset[str]:
    """The codes whose fixes the settings allow."""
    return fixable_codes(settings, every_label())


def unchecked_preview(settings: Settings) -> tuple[str, ...]:
    """The preview rules that the settings name although they do not allow preview."""
    return left_in_preview(settings, every_label(), preview_codes()) if all_selectors(settings) else ()


def rules_for(file: SourceFile, settings: Settings) -> tuple[Rule, ...]:
    """The rules to run on a file's Program."""
    from rnnlint.file_rules import FileRule

    codes = codes_checked(file, settings)
    return tuple(rule for rule in every_rule() if rule.code in codes and not isinstance(rule, FileRule))


def codes_checked(file: SourceFile, settings: Settings) -> frozenset[str]:
    """The codes of the rules to run on a file."""
    codes = codes_selected(settings)
    if not settings.per_file_ignores:
        return codes
    path = str(file.path)
    return frozenset(
        label.code for label in every_label() if label.code in codes and not ignored_in(settings, path, label)
    )


def is_reported(finding: Finding, file: SourceFile, settings: Settings) -> bool:
    """Whether selection, per-file-ignores and confidence let a finding through."""
    if finding.confidence.rank < settings.min_confidence.rank:
        return False
    if not all_selectors(settings):
        return True
    return finding.code in codes_checked(file, settings)


class Rulebook:
    """The settings of each folder, from files or given, with their selectors known to name rules."""

    def __init__(self, settings: Settings | Configuration | None) -> None:
        self._settings = Configuration() if settings is None else settings
        self._approved: set[int] = set()

    def settings_for(self, folder: str) -> Settings:
        """The settings that hold in an absolute folder; ConfigurationError when they name no rule."""
        given = self._settings
        settings = given if isinstance(given, Settings) else given.settings_for(folder)
        if id(settings) not in self._approved:
            if selectors := all_selectors(settings):
                check_selectors(selectors, every_label())
            self._approved.add(id(settings))
        return settings

    def settings_of(self, file: SourceFile) -> Settings:
        """The settings that hold for a file."""
        return self.settings_for(str(file.path.parent))
