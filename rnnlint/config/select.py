"""Which rules a run selects: codes, prefixes, names and ALL; the longer selector wins, at a tie `ignore`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rnnlint.config.settings import Selection, Settings

ALL = "ALL"


class ConfigurationError(Exception):
    """A wrong option, key or file; the argument is the message for the reader."""


@dataclass(frozen=True, slots=True)
class Label:
    """A rule's code and name."""

    code: str
    name: str


def weight(selector: str, label: Label) -> int:
    """How closely a selector names a rule: 0 not at all, 1 by ALL, else one more than its prefix is long."""
    if selector.upper() == ALL:
        return 1
    if selector.lower() == label.name:
        return len(label.code) + 1
    return len(selector) + 1 if selector and label.code.startswith(selector.upper()) else 0


def selected_codes(settings: Settings, rules: Sequence[Label], preview: frozenset[str]) -> frozenset[str]:
    """The codes that the settings select. Without any selector: every rule that is not in preview."""
    codes = {rule.code for rule in rules if settings.preview or rule.code not in preview}
    for selection in settings.selections:
        codes = _apply(selection, rules, codes)
    return frozenset(codes if settings.preview else codes - preview)


def left_in_preview(settings: Settings, rules: Sequence[Label], preview: frozenset[str]) -> tuple[str, ...]:
    """The preview rules that are selected by their whole code or name, but not checked."""
    if settings.preview:
        return ()
    wanted = [
        name for selection in settings.selections for name in (*(selection.select or ()), *selection.extend_select)
    ]
    return tuple(
        rule.code
        for rule in rules
        if rule.code in preview and any(weight(name, rule) > len(rule.code) for name in wanted)
    )


def _apply(selection: Selection, rules: Sequence[Label], before: set[str]) -> set[str]:
    after = set()
    wanted = (*(selection.select or ()), *selection.extend_select)
    for rule in rules:
        selected = max((weight(selector, rule) for selector in wanted), default=0)
        ignored = max((weight(selector, rule) for selector in selection.ignore), default=0)
        stays = selection.select is None and rule.code in before
        if (selected > ignored) if selected or ignored else stays:
            after.add(rule.code)
    return after


def fixable_codes(settings: Settings, rules: Sequence[Label]) -> frozenset[str]:
    """The codes whose fixes may be applied."""
    selection = Selection(select=settings.fixable, ignore=settings.unfixable)
    return frozenset(_apply(selection, rules, set()))


def ignored_in(settings: Settings, path: str, label: Label) -> bool:
    """Whether per-file-ignores silence a rule in a file (absolute path)."""
    return any(
        weight(selector, label) and entry.applies_to(path)
        for entry in settings.per_file_ignores
        for selector in entry.rules
    )


def all_selectors(settings: Settings) -> tuple[str, ...]:
    """Every rule selector that the settings hold."""
    by_layer = [
        selector
        for selection in settings.selections
        for selector in (*(selection.select or ()), *selection.extend_select, *selection.ignore)
    ]
    fixes = (*(word for word in settings.fixable if word.upper() != ALL), *settings.unfixable)
    return (*by_layer, *(rule for entry in settings.per_file_ignores for rule in entry.rules), *fixes)


def check_selectors(selectors: Iterable[str], rules: Sequence[Label]) -> None:
    """Refuse a selector that names no rule, with the nearest that does."""
    for selector in selectors:
        if selector.upper() != ALL and not any(weight(selector, rule) for rule in rules):
            raise ConfigurationError(f'unknown rule "{selector}"{did_you_mean(selector, spellings(rules))}')


def spellings(rules: Sequence[Label]) -> list[str]:
    """The codes and names by which rules are called."""
    return [spelling for rule in rules for spelling in (rule.code, rule.name)]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint at the known word nearest to an unknown one, or nothing."""
    import difflib

    spellings = {spelling.lower(): spelling for spelling in known}
    longer = sorted(spelling for spelling in spellings if len(word) > 3 and spelling.startswith(word.lower()))
    near = longer or difflib.get_close_matches(word.lower(), spellings, n=1, cutoff=0.7)
    return f'; did you mean "{spellings[near[0]]}"?' if near else ""
