"""The index of all rules, and the page that leads from a symptom to its rules."""

from __future__ import annotations

from itertools import groupby

from rnnlint.rulebook import every_rule
from rnnlint.rules.base import Rule
from scripts.documentation.rule_page import confirmable, fixable, frameworks

HUNDREDS = {
    "0": "Suppressions",
    "1": "The cell and the stack",
    "2": "Output, loss and metric",
    "3": "Padding and masks",
    "4": "Data",
    "5": "Optimisation",
    "6": "State and training loop",
    "7": "Names that have changed",
    "9": "Files",
}
SYMPTOMS = {
    "constant": (
        "The network predicts the same value for every input",
        "The forecast is a flat line, often near the mean of the training targets. The loss may look acceptable: a "
        "constant at the mean has an error of one variance. Look first at the scale of the targets, the shapes that "
        "meet in the loss, and padding.",
    ),
    "zero": (
        "The validation accuracy is exactly 0.0",
        "An exact 0.0 is no bad luck: guessing would score more. The metric does not fit the targets, or the "
        "validation rows hold a class that was never trained.",
    ),
    "flat": (
        "The loss does not fall",
        "It stays where it began, or falls a little and stops. Either the gradient does not arrive, or the data do "
        "not reach the layer in the form that was meant.",
    ),
    "explode": (
        "The loss jumps or becomes NaN",
        "Usually after some epochs of progress. The cell, the learning rate and the size of the targets come first; "
        "clipping treats the symptom.",
    ),
    "optimistic": (
        "The score is too good to be true",
        "Good in the notebook, bad on new data. The test rows have taken part in the training, the scaling or the "
        "choice of the weights.",
    ),
    "crash": (
        "The program stops with an error",
        "Messages about shapes, tuples, names or freed graphs. The rule says which line to change, which the message "
        "mostly does not.",
    ),
    "slow": (
        "Training is slow, or memory grows",
        "A kernel that is not used, values fetched from the GPU in a loop, graphs that are kept alive.",
    ),
}


def index_page() -> str:
    """rules/index.md."""
    parts = [
        "# Rules\n",
        f"rnnlint has {len(every_rule())} rules. `rnnlint rule RNN401` prints the text of a page in the terminal. The "
        "severities are explained under [usage](../usage.md#severities).\n",
        '<div id="rule-filter"></div>\n',
    ]
    for digit, rules in groupby(every_rule(), lambda rule: rule.code[3]):
        parts += [f"## {HUNDREDS[digit]}\n", _table(list(rules))]
    return "\n".join(parts)


def symptoms_page() -> str:
    """symptoms.md."""
    parts = [
        "# By symptom\n",
        "What do you see? Each list holds the rules whose fault shows in that way, errors first. `rnnlint diagnose "
        "train.py` goes through all of them for one file and says what it found, what it could rule out and what it "
        "could not decide.\n",
    ]
    for symptom, (title, text) in SYMPTOMS.items():
        rules = sorted((rule for rule in every_rule() if symptom in rule.symptoms), key=lambda rule: rule.severity.rank)
        parts += [f"## {title} {{#{symptom}}}\n", f"{text}\n", "| rule | severity | for | finds |", "|---|---|---|---|"]
        parts += [
            f"| [{rule.name}](rules/{rule.name}.md) | {rule.severity.value} | {frameworks(rule)} | {rule.summary()} |"
            for rule in rules
        ]
        parts.append("")
    return "\n".join(parts)


def navigation() -> list[dict[str, object]]:
    """The rules in the side bar: a section for each hundred."""
    return [
        {HUNDREDS[digit]: [{f"{rule.code} {rule.name}": f"rules/{rule.name}.md"} for rule in rules]}
        for digit, rules in groupby(every_rule(), lambda rule: rule.code[3])
    ]


def _table(rules: list[Rule]) -> str:
    head = ["| code | rule | severity | for | symptoms | confirm | fix |", "|---|---|---|---|---|---|---|"]
    return "\n".join([*head, *map(_row, rules), ""])


def _row(rule: Rule) -> str:
    link = f"[{rule.name}]({rule.name}.md){' (preview)' if rule.preview else ''}<br>{rule.summary()}"
    cells = (
        rule.code,
        link,
        rule.severity.value,
        frameworks(rule),
        ", ".join(rule.symptoms),
        "yes" if confirmable(rule) else "",
        fixable(rule),
    )
    return f"| {' | '.join(cells)} |"
