"""RNN413: a vocabulary has seen the test texts."""

from __future__ import annotations

from collections.abc import Iterator

from rnnlint.finding import Severity
from rnnlint.program.data import ScalerFit
from rnnlint.program.leaks import innocence, named, seen, split_after
from rnnlint.program.program import Program
from rnnlint.rules.base import Found, Remark, Rule, RuledOut, Undecided, Verdict


class VocabularyFitOnTestText(Rule):
    """A tokenizer, vectorizer or TextVectorization layer learns its words from texts that are held out later.

    ## What it does
    Follows which texts each `fit_on_texts`, `fit` and `adapt` saw, through helpers and files, and compares them with
    the texts that a split holds out later.

    ## Why it is bad
    The score is a little too good, and of another network than the one that will be used: words that only test texts
    hold get numbers of their own, whose embeddings are never trained, where new texts will give the number for
    unknown words, or none. In 2,000 texts of 40 words, drawn from 50,000 words by Zipf's law, 15 % of the words in
    the test texts (40 % of the different ones) stood in no training text (one fifth held out, 5 seeds). Document
    frequencies and the choice of the most frequent words depend on the test texts too.

    ## Example
    ```python
    import pandas as pd
    from sklearn.model_selection import train_test_split
    from tensorflow.keras.preprocessing.text import Tokenizer
    from tensorflow.keras.utils import pad_sequences

    reviews = pd.read_csv("reviews.csv")
    tokenizer = Tokenizer(num_words=10_000)
    tokenizer.fit_on_texts(reviews["text"])
    x = pad_sequences(tokenizer.texts_to_sequences(reviews["text"]), maxlen=100)
    x_train, x_test, y_train, y_test = train_test_split(x, reviews["label"])
    ```

    ## Use instead
    ```python
    import pandas as pd
    from sklearn.model_selection import train_test_split
    from tensorflow.keras.preprocessing.text import Tokenizer
    from tensorflow.keras.utils import pad_sequences

    reviews = pd.read_csv("reviews.csv")
    train, test, y_train, y_test = train_test_split(reviews["text"], reviews["label"])
    tokenizer = Tokenizer(num_words=10_000, oov_token="<unk>")
    tokenizer.fit_on_texts(train)
    x_train = pad_sequences(tokenizer.texts_to_sequences(train), maxlen=100)
    x_test = pad_sequences(tokenizer.texts_to_sequences(test), maxlen=100)
    ```

    ## How it is confirmed
    By changing nothing but the test texts and comparing the numbers of the training texts: they must not change.

    ## When it is silent
    A vocabulary of the training texts; no split of these texts in sight, `validation_split` alone included
    (undecided); encoders of categories and labels; vocabularies that come with a data set or a trained embedding.

    ## Fix safety
    No automatic fix: the split has to move before the fit.

    ## References
    - https://scikit-learn.org/stable/common_pitfalls.html#data-leakage
    - https://keras.io/api/layers/preprocessing_layers/text/text_vectorization/
    """

    code = "RNN413"
    name = "vocabulary-fit-on-test-text"
    severity = Severity.ADVICE
    symptoms = ("optimistic",)
    frameworks = ("data",)

    def check(self, program: Program) -> Iterator[Verdict]:
        for fit in program.scaler_fits:
            if fit.vocabulary:
                yield _judge(program, fit)


def _judge(program: Program, fit: ScalerFit) -> Verdict:
    if fit.data.rows is None:
        return Undecided(fit.site, f"which texts {named(fit)} saw is not known")
    if reason := innocence(program, fit):
        return RuledOut(fit.site, reason)
    if _numbers_targets(program, fit):
        return RuledOut(fit.site, f"only targets are numbered by {named(fit)}")
    leak = split_after(program, fit)
    if leak is None:
        return Undecided(fit.site, "no split of these texts is in sight")
    return Found(
        fit.site,
        f"`{fit.name}` learns its words from {seen(fit)}; {leak.how}",
        help="split first, learn the vocabulary from the training texts, and give unknown words a number of their own",
        remarks=(Remark("the texts are divided here", leak.site),),
        confidence=leak.confidence,
    )


def _numbers_targets(program: Program, fit: ScalerFit) -> bool:
    """Whether it numbers what is to be predicted, such as the names of classes, and no inputs."""
    targets = any(call.target is not None and fit in call.target.scaled_by for call in program.fits)
    return targets and not any(fit in array.scaled_by for call in program.fits for array in call.inputs)
