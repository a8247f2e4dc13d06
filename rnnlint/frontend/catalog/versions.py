"""Which versions of the libraries belong together, and which Keras a namespace means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rnnlint.program.interface import Origin, Requirement, Version
from rnnlint.program.value import Site
from rnnlint.source.requirements import Asked

# The namespaces from which Keras is imported.
NAMESPACES = {
    "tensorflow.compat.v1.keras": "tensorflow.keras",
    "tensorflow.compat.v2.keras": "tensorflow.keras",
    "tensorflow.keras": "tensorflow.keras",
    "tensorflow.python.keras": "tensorflow.python.keras",
    "tf_keras": "tf_keras",
    "keras": "keras",
}
LEGACY = frozenset({"tensorflow.python.keras", "tf_keras"})  # copies of an old Keras, which keep its names
PRIVATE = "tensorflow.python.keras"  # not meant for users
KERAS_3 = (2, 16)  # the first TensorFlow with Keras 3
LAST_WITHOUT_OWN_KERAS = (2, 5)  # later ones bring the Keras of their own number
FIRST_WITHOUT_PYTHON_KERAS = (2, 6)  # in earlier ones tensorflow.python.keras is what tensorflow.keras shows
LAST_OWN_LAYERS = (2, 4)  # from this Keras on its layers are TensorFlow's


def requirements(asked: Mapping[str, tuple[Asked, ...]]) -> tuple[Requirement, ...]:
    """What a project asks for, with what that means for the libraries of which it says nothing."""
    own = [
        Requirement(one.library, f"{one.text} in {one.file}", one.lowest, one.highest, one.below)
        for ones in asked.values()
        for one in ones
    ]
    implied = [_keras_of(one) for one in own if one.library == "tensorflow"]
    texts = [_torchtext_of(one) for one in own if one.library == "torch"]
    return (*own, *implied, *texts)


def _keras_of(tensorflow: Requirement) -> Requirement:
    """The versions of Keras that come with a range of TensorFlow's."""
    highest, below = tensorflow.highest, tensorflow.below
    if highest is not None:
        highest, below = _keras_at(highest, below)
    lowest = _keras_at(tensorflow.lowest, False)[0] if tensorflow.lowest is not None else None
    return Requirement("keras", tensorflow.text, lowest, highest, below)


def _keras_at(version: Version, below: bool) -> tuple[Version | None, bool]:
    if version > KERAS_3 or (version == KERAS_3 and not below):
        return (None, False) if below else ((3, 99), False)
    if version == KERAS_3:
        return (3, 0), True
    if version > LAST_WITHOUT_OWN_KERAS:
        return version, below
    return ((2, 4) if version >= (2, 0) and (version, below) != ((2, 0), True) else (2, 3)), False


def _torchtext_of(torch: Requirement) -> Requirement:
    """torchtext 0.9 came with PyTorch 1.8, and so on; from PyTorch 2.0 on nothing is taken for granted."""
    highest = torch.highest
    if highest is None or highest > (2, 0) or (highest == (2, 0) and not torch.below):
        return Requirement("torchtext", torch.text)
    number = (0, highest[1] + 1) if highest[0] == 1 else (0, 15 if highest[0] == 2 else 2)
    return Requirement("torchtext", torch.text, None, number, torch.below)


def origins(namespaces: Mapping[Site, str], asked: Iterable[Requirement], legacy: bool) -> dict[Site, Origin]:
    """Which Keras each object comes from, by its place."""
    stated = tuple(asked)
    tensorflows = "tf_keras" if legacy else "tensorflow.keras" if _keras_stands_alone(stated) else "keras"
    classes = {"tensorflow.keras": tensorflows}
    if any(one.library == "tensorflow" and one.precedes(FIRST_WITHOUT_PYTHON_KERAS) for one in stated):
        classes["tensorflow.python.keras"] = tensorflows
    return {
        site: Origin(written, classes.get(written, written), written == PRIVATE) for site, written in namespaces.items()
    }


def _keras_stands_alone(asked: tuple[Requirement, ...]) -> bool:
    """Whether the project asks for a Keras of its own beside the one in its TensorFlow."""
    old_tensorflow = any(one.library == "tensorflow" and one.precedes(KERAS_3) for one in asked)
    keras = [one for one in asked if one.library == "keras" and one.text.lower().startswith("keras")]
    return old_tensorflow and any(one.precedes(LAST_OWN_LAYERS) or one.reaches((3, 0)) for one in keras)
