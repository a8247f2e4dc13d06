"""Selection: the longer selector wins, at a tie `ignore`."""

from __future__ import annotations

import pytest

from rnnlint.config.select import ConfigurationError, Label, check_selectors, left_in_preview, selected_codes
from rnnlint.config.settings import Layer, make_settings

RULES = (
    Label("RNN101", "unbounded-cell-activation"),
    Label("RNN102", "unbounded-gate-activation"),
    Label("RNN401", "scaler-fit-before-split"),
    Label("RNN901", "io-error"),
)
ALL = {rule.code for rule in RULES}


def chosen(*layers: dict[str, object], preview: frozenset[str] = frozenset()) -> set[str]:
    settings = make_settings([Layer("test", "/", layer) for layer in layers], "/")
    return set(selected_codes(settings, RULES, preview))


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ({}, ALL),
        ({"select": ["RNN101"]}, {"RNN101"}),
        ({"select": ["rnn1"]}, {"RNN101", "RNN102"}),
        ({"select": ["io-error"]}, {"RNN901"}),
        ({"select": []}, set()),
        ({"ignore": ["RNN1"]}, {"RNN401", "RNN901"}),
        ({"ignore": ["ALL"]}, set()),
        ({"select": ["RNN1"], "ignore": ["RNN101"]}, {"RNN102"}),
        ({"select": ["RNN101"], "ignore": ["RNN1"]}, {"RNN101"}),
        ({"select": ["RNN101"], "ignore": ["RNN101"]}, set()),
        ({"select": ["RNN101"], "ignore": ["unbounded-cell-activation"]}, set()),
        ({"select": ["ALL"], "ignore": ["ALL"]}, set()),
        ({"ignore": ["RNN"], "extend-select": ["RNN4"]}, {"RNN401"}),
        ({"select": ["RNN4"], "extend-select": ["RNN9"]}, {"RNN401", "RNN901"}),
        ({"select": ["RNN4", "RNN9"], "extend-ignore": ["RNN901"]}, {"RNN401"}),
    ],
)
def test_one_layer(options: dict[str, object], codes: set[str]) -> None:
    assert chosen(options) == codes


def test_a_later_select_starts_anew() -> None:
    assert chosen({"select": ["RNN1"], "ignore": ["RNN401"]}, {"select": ["RNN4"]}) == {"RNN401"}


def test_a_later_ignore_takes_away() -> None:
    assert chosen({"select": ["RNN1"]}, {"ignore": ["RNN102"]}) == {"RNN101"}


def test_preview_rules_need_the_option() -> None:
    preview = frozenset({"RNN102"})
    assert chosen(preview=preview) == ALL - preview
    assert chosen({"select": ["RNN102"]}, preview=preview) == set()
    assert chosen({"select": ["RNN1"], "preview": True}, preview=preview) == {"RNN101", "RNN102"}


@pytest.mark.parametrize(
    ("selector", "hint"),
    [("RNN11", "RNN101"), ("io-eror", "io-error"), ("E501", ""), ("RNN101x", "RNN101"), ("", "")],
)
def test_unknown_selectors_are_refused(selector: str, hint: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        check_selectors([selector], RULES)
    assert f'unknown rule "{selector}"' in str(refusal.value)
    assert not hint or f'did you mean "{hint}"' in str(refusal.value)


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ({"select": ["RNN102"]}, ("RNN102",)),
        ({"extend-select": ["unbounded-gate-activation"]}, ("RNN102",)),
        ({"select": ["RNN1"]}, ()),
        ({"select": ["ALL"]}, ()),
        ({"select": ["RNN102"], "preview": True}, ()),
    ],
)
def test_a_preview_rule_that_is_named_but_not_checked(options: dict[str, object], left: tuple[str, ...]) -> None:
    settings = make_settings([Layer("test", "/", options)], "/")
    assert left_in_preview(settings, RULES, frozenset({"RNN102"})) == left
