"""Where a finding is right and an edit would not be: no fix is offered, or one is only shown."""

from __future__ import annotations

import pytest

from rnnlint.engine import lint_source
from rnnlint.finding import Applicability
from tests.rules.support import FIXTURES, findings_in


@pytest.mark.parametrize(
    "name",
    [
        "RNN101_unbounded-cell-activation/bad_torch_rnn_relu.py",
        "RNN103_missing-return-sequences/bad_either_head.py",
        "RNN103_missing-return-sequences/bad_loop_over_units.py",
        "RNN107_batch-axis-mismatch/bad_permuted_for_batch_first.py",
        "RNN113_forget-bias-off/bad_shared_settings.py",
        "RNN117_shared-cell/bad_torch_second_use_in_sequential.py",
        "RNN201_bounded-output-for-unbounded-target/bad_raw_price_target.py",
        "RNN202_single-unit-softmax/bad_keras_attention_scores.py",
        "RNN205_sigmoid-before-logit-loss/bad_torch_sigmoid_in_forward.py",
        "RNN209_accuracy-on-regression/bad_notebook.ipynb",
        "RNN212_rectified-output/bad_min_max_advice.py",
        "RNN214_metric-never-reset/bad_trainer_class.py",
        "RNN301_unmasked-padding/bad_tagger_return_sequences.py",
        "RNN306_padding-in-loss/bad_torch_padding_is_a_class.py",
        "RNN308_embedding-too-small/bad_keras_more_words_than_rows.py",
    ],
)
def test_no_fix_is_offered(name: str) -> None:
    code = name.split("_", 1)[0]
    found = [finding for finding in findings_in([FIXTURES / name], code) if finding.code == code]
    assert found
    assert [finding.fix for finding in found if finding.fix is not None] == []


def test_a_mask_over_padding_in_front_is_only_shown() -> None:
    path = FIXTURES / "RNN301_unmasked-padding/bad_imdb_pre_padding_advice.py"
    (finding,) = (one for one in findings_in([path], "RNN301") if one.code == "RNN301")
    assert finding.fix is not None
    assert finding.fix.applicability is Applicability.DISPLAY


NETWORK = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(3, 8, batch_first=True)
        self.top = nn.Linear(8, {width})

    def forward(self, x):
        return {output}


x = torch.rand(60, 9, 3)
y = {target}
net = Net()
optimizer = torch.optim.Adam(net.parameters())
for _ in range(9):
    optimizer.zero_grad()
    {context}
        scores = net(x)
        loss = {loss}(scores, y)
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimizer.step()
{end}
"""


@pytest.mark.parametrize(
    ("context", "end", "offered"),
    [("if True:", "", True), ("with torch.autocast('cuda'):", "", False)],
)
def test_autocast_refuses_the_loss_for_probabilities(context: str, end: str, offered: bool) -> None:
    text = NETWORK.format(
        width=1,
        output="torch.sigmoid(self.top(self.gru(x)[1][-1]))",
        target="(x.mean(dim=(1, 2)) > 0.5).float().unsqueeze(1)",
        loss="nn.BCEWithLogitsLoss()",
        context=context,
        end=end,
    )
    (finding,) = (one for one in lint_source(text) if one.code == "RNN205")
    assert (finding.fix is not None) is offered


@pytest.mark.parametrize(
    ("end", "offered"),
    [
        ("print((net(x).argmax(dim=1) == y).float().mean())", True),
        ("print(net(x))", False),
        ("sure = net(x) > 0.9", False),
    ],
)
def test_a_softmax_that_something_else_reads_stays(end: str, offered: bool) -> None:
    text = NETWORK.format(
        width=3,
        output="torch.softmax(self.top(self.gru(x)[1][-1]), dim=1)",
        target="x.mean(dim=1).argmax(dim=1)",
        loss="nn.functional.cross_entropy",
        context="if True:",
        end=end,
    )
    (finding,) = (one for one in lint_source(text) if one.code == "RNN203")
    assert (finding.fix is not None) is offered
