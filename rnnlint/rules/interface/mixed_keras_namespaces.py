"""RNN701: parts of one model come from two copies of Keras."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.interface import Origin
from rnnlint.program.network import Model
from rnnlint.program.program import Program
from rnnlint.program.value import Site
from rnnlint.repair import Reimport, Repair
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Verdict


class MixedKerasNamespaces(Rule):
    """A layer or an optimizer comes from another copy of Keras than the model it is given to.

    ## What it does
    Follows every layer, input and optimizer to the import it was made with, and compares that copy of Keras with
    the model's: Keras 3, `tf_keras`, the private `tensorflow.python.keras`, or a Keras that a project installs beside
    the one in its old TensorFlow.

    ## Why it is bad
    Each copy checks for its own classes. Run with Keras 3.15, tf_keras 2.21 and TensorFlow 2.21: a layer of `tf_keras`
    in a model of `keras`, the other way round, and an optimizer of the other copy were refused in all of 6 ways of
    putting them together, and so was a Dense of `tensorflow.python.keras` in a model of `keras`. Losses, regularizers
    and most callbacks were taken, because they are only called.

    ## Example
    ```python
    import keras
    from tf_keras.layers import LSTM

    model = keras.Sequential([LSTM(32), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(clipnorm=1.0), loss="mse")
    ```

    ## Use instead
    ```python
    import keras
    from keras.layers import LSTM

    model = keras.Sequential([LSTM(32), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(clipnorm=1.0), loss="mse")
    ```

    ## How it is confirmed
    By looking at the classes of the objects in the user's own environment.

    ## When it is silent
    `keras` and `tensorflow.keras` together, which are the same classes since TensorFlow 2.16 and were already with the
    Keras that came with TensorFlow 2.6 to 2.15, unless the project asks for versions where they differ or sets
    `TF_USE_LEGACY_KERAS`; `tensorflow.python.keras` where the project asks for a TensorFlow before 2.6; losses,
    metrics, callbacks, helpers and data sets from anywhere; two models that each stay with one copy.

    ## Fix safety
    Safe: the imports from the one copy are moved to the other, which leaves nothing of it; the program failed before.
    `tensorflow.python.keras` is what is moved wherever it takes part. No fix is offered where a copy is used through
    its own name (`tf_keras.layers.LSTM`), where the other one lacks a name that is imported, and across files.

    ## References
    - https://keras.io/guides/migrating_to_keras_3/
    - https://github.com/keras-team/tf-keras
    """

    code = "RNN701"
    name = "mixed-keras-namespaces"
    severity = Severity.WARNING
    symptoms = ("crash",)
    frameworks = ("keras",)
    fixes = (Applicability.SAFE,)

    def check(self, program: Program) -> Iterator[Verdict]:
        for model in program.models:
            own = program.origins.get(model.site)
            if own is None:
                continue
            foreign = [site for site in _parts(program, model) if self._differs(program, site, own.classes)]
            if foreign:
                theirs = program.origins[foreign[0]]
                old, new = (own, theirs) if own.private else (theirs, own)
                yield Found(
                    foreign[0],
                    f"this is made by `{theirs.written}` and given to a model of `{own.written}`, which knows other "
                    "classes",
                    f"import {'the model' if own.private else 'it'} from {new.written}",
                    (Remark("the model", model.site),),
                    repair=_repair(program, old, new, model.site),
                )
            else:
                yield RuledOut(model.site, f"every part that is known comes from the model's own {own.written}")

    @staticmethod
    def _differs(program: Program, site: Site, classes: str) -> bool:
        origin = program.origins.get(site)
        return origin is not None and origin.classes != classes


def _repair(program: Program, old: Origin, new: Origin, model: Site) -> Repair | None:
    """Everything of one copy moved to the other; None where more than one file takes part."""
    moved = [site.span for site, origin in program.origins.items() if origin.written == old.written]
    if any(span.path != model.span.path for span in moved):
        return None
    verbs = tuple(Reimport(span, old.written, new.written) for span in moved)
    return Repair(f"import from {new.written}", Applicability.SAFE, verbs)


def _parts(program: Program, model: Model) -> Iterator[Site]:
    """Where each layer, input and optimizer of a model was made."""
    yield from (entrance.site for entrance in model.inputs)
    yield from (layer.site for layer in model.layers)
    for step in program.steps:
        if step.model.site == model.site and step.optimizer is not None:
            yield step.optimizer.site
