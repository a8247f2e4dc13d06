"""RNN702: a name or an argument that Keras no longer has."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Applicability, Severity
from rnnlint.program.program import Program
from rnnlint.rules.base import Rule, Verdict
from rnnlint.rules.removals import verdicts


class RemovedKerasName(Rule):
    """The program uses a name, an argument or a meaning that Keras no longer has.

    ## What it does
    Compares imports, attributes, arguments, methods, keys of a history and file names with what Keras had and gave
    up, and with the versions that the project asks for in its requirements, project or environment file, or in the
    notebook's own `pip install`. Each thing is reported once in a file, at its first use, with the number of uses.

    ## Why it is bad
    The program stops at that line, often after hours: `history["acc"]` and `save_weights("best.h5")` come after
    `fit`. Each removal was run under Keras 3.15 with TensorFlow 2.21 and raised an error. Two do worse, because
    nothing is raised: `decay=` is dropped with a warning, and `optimizer.lr = 0.0001` makes a new attribute while
    `learning_rate` stays where it was, 0.001 in the run.

    ## Example
    ```python
    from keras.layers import LSTM, Dense
    from keras.models import Sequential
    from keras.optimizers import Adam

    model = Sequential([LSTM(32, input_shape=(30, 4)), Dense(1)])
    model.compile(optimizer=Adam(lr=0.001, clipnorm=1.0), loss="mse")
    ```

    ## Use instead
    ```python
    from keras.layers import LSTM, Dense
    from keras.models import Sequential
    from keras.optimizers import Adam

    model = Sequential([LSTM(32, input_shape=(30, 4)), Dense(1)])
    model.compile(optimizer=Adam(learning_rate=0.001, clipnorm=1.0), loss="mse")
    ```

    ## How it is confirmed
    By looking the name up in the installed Keras. The table behind the rule is held against it in the tests.

    ## When it is silent
    Where the project asks for a version that still has the name; where the program chooses by version, by `hasattr`
    or by catching the error; under `TF_USE_LEGACY_KERAS`, with `tf_keras` and with `tensorflow.python.keras`;
    names that work with a warning, such as `input_length` of an embedding; names that one of `keras` and `tf.keras`
    still has, where that one is used; methods of the user's own classes.

    ## Fix safety
    Safe where the replacement means the same and the use fails: names, arguments, methods and keys get their new name,
    imports their new module, and arguments that nothing takes any more (`workers=`, `consume_less=`) are left out. All
    uses in a file are mended together. Unsafe for `optimizer.lr = ...`, which did nothing and sets the rate then.

    No fix is offered where the new interface asks for more than a name: `keras.backend`, `predict_classes`,
    `Tokenizer`, `reset_states` of a model, `decay=`, file names; where an import takes names that the new module lacks;
    where a generator method is given more than its generator by position.

    ## References
    - https://keras.io/guides/migrating_to_keras_3/
    - https://github.com/keras-team/keras/releases
    """

    code = "RNN702"
    name = "removed-keras-name"
    severity = Severity.ERROR
    symptoms = ("crash",)
    frameworks = ("keras",)
    fixes = (Applicability.SAFE, Applicability.UNSAFE)

    def check(self, program: Program) -> Iterator[Verdict]:
        yield from verdicts(program, "keras")
