"""Seeds of random numbers, in every library that has them."""

from __future__ import annotations

from collections.abc import Mapping

from rnnlint.frontend.dispatch import Call, function
from rnnlint.frontend.values import Const, Value
from rnnlint.program.training import Seed

# What each function seeds: the generators of torch, Keras, numpy and Python. Keras draws seeds of its own with those of
# Python or of numpy, by its version.
SEEDERS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        ("torch.manual_seed", "torch.random.manual_seed", "torch.cuda.manual_seed", "torch.cuda.manual_seed_all"),
        frozenset({"torch"}),
    ),
    **dict.fromkeys(
        ("tensorflow.random.set_seed", "tensorflow.set_random_seed", "tensorflow.random.set_random_seed"),
        frozenset({"keras"}),
    ),
    "keras.utils.set_random_seed": frozenset({"keras", "torch", "numpy", "python"}),
    **dict.fromkeys(
        ("lightning.seed_everything", "lightning.utilities.seed.seed_everything", "transformers.set_seed",
         "lightning.fabric.seed_everything", "lightning.fabric.utilities.seed.seed_everything",
         "accelerate.utils.set_seed"),
        frozenset({"torch", "numpy", "python"}),
    ),
    "numpy.random.seed": frozenset({"numpy", "keras"}),
    "random.seed": frozenset({"python", "keras"}),
}  # fmt: skip


@function(*SEEDERS)
def seed(call: Call) -> Value:
    """A seed; None, or nothing, asks for another one in each run."""
    given = call.args[0] if call.args else next(iter(call.keywords.values()), None)
    if given is not None and given != Const(None):
        call.machine.record.seeds.append(Seed(call.site, SEEDERS[call.path]))
    return Const(None)
