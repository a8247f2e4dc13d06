"""What findings say in the one line that every report shows."""

from __future__ import annotations

import pytest

from tests.rules.support import FIXTURES, findings_in


@pytest.mark.parametrize(
    ("fixture", "message"),
    [
        (
            "RNN702_removed-keras-name/bad_generator_methods.py",
            '`save_weights("detector.h5")` fails since Keras 3.0: write a name that ends in .weights.h5 instead',
        ),
        (
            "RNN703_removed-torch-name/bad_item_of_sum.py",
            "`loss.data[0]` fails since PyTorch 1.0: write item() instead",
        ),
        (
            "RNN308_embedding-too-small/bad_keras_word_index.py",
            "`Embedding` has 1 row too few for the indices: it has one for each word, and words count from 1",
        ),
        (
            "RNN308_embedding-too-small/bad_torch_largest_id.py",
            "`Embedding` has 1 row too few for the indices: it has as many as the largest index, "
            "and indices count from 0",
        ),
        (
            "RNN308_embedding-too-small/bad_torch_known_range.py",
            "`Embedding` has 50 rows, but the indices go up to 50",
        ),
    ],
)
def test_message(fixture: str, message: str) -> None:
    found = findings_in([FIXTURES / fixture], fixture[:6])
    assert message in {finding.message for finding in found}
