#!/usr/bin/env python3
"""A small classifier of Russian texts: it looks for the stems of words that sound good or bad."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence

from gorod_plugin import NEGATIVE, NEUTRAL, POSITIVE, Classifier, Error, ErrorKind, PluginSpec, Sentiment, Setup, serve

POSITIVE_STEMS = ("рад", "счаст", "отличн", "прекрасн", "хорош", "люб", "нрав", "спасиб", "ура", "лучш", "весел", "чудесн")
NEGATIVE_STEMS = ("плох", "ужас", "груст", "печал", "зл", "ненав", "жал", "страш", "хуж", "бол", "обид", "отврат")
# These begin with a stem above and mean something else.
EXCEPTIONS = ("больш", "более", "злак", "радио", "радиус", "ураган", "жалюзи")
NEGATIONS = frozenset({"не", "ни", "без", "нет"})
WORD = re.compile(r"[а-я]+(?:-[а-я]+)*")

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "threshold": {
            "type": "number",
            "minimum": 0,
            "maximum": 1,
            "default": 0.2,
            "description": "How far from 0 a valence is before a text is no longer neutral",
        },
        "positive": {"type": "array", "items": {"type": "string"}, "default": [], "description": "Further stems that sound good"},
        "negative": {"type": "array", "items": {"type": "string"}, "default": [], "description": "Further stems that sound bad"},
    },
}


def fold(text: str) -> str:
    """Lowers a text's case and writes ё as е, as people do."""
    return text.casefold().replace("ё", "е")


class KeywordClassifier(Classifier):
    """Counts stems; a negation right before a word turns it."""

    def __init__(self, positive: Sequence[str], negative: Sequence[str], threshold: float) -> None:
        """Takes the stems of each side, folded."""
        self._positive = tuple(positive)
        self._negative = tuple(negative)
        self._threshold = threshold

    def classify(self, tick: int, texts: Sequence[str]) -> Sequence[Sentiment]:  # noqa: ARG002 - time does not matter here
        """Implements Classifier."""
        return [self._rate(text) for text in texts]

    def _rate(self, text: str) -> Sentiment:
        votes = list(self._votes(text))
        good, bad = votes.count(1), votes.count(-1)
        # The one vote of nobody keeps a single word from being all there is.
        valence = (good - bad) / (good + bad + 1)
        label = POSITIVE if valence > self._threshold else NEGATIVE if valence < -self._threshold else NEUTRAL
        arousal = min(1.0, 0.2 * (good + bad) + 0.2 * text.count("!"))
        return Sentiment(valence=valence, arousal=arousal, label=label, scores={label: (1 + abs(valence)) / 2})

    def _votes(self, text: str) -> Iterator[int]:
        turned = False
        for word in WORD.findall(fold(text)):
            if word in NEGATIONS:
                turned = True
                continue
            vote = self._vote(word)
            if vote != 0:
                yield -vote if turned else vote
            turned = False

    def _vote(self, word: str) -> int:
        if word.startswith(EXCEPTIONS):
            return 0
        return int(word.startswith(self._positive)) - int(word.startswith(self._negative))


def make(setup: Setup) -> Classifier:
    """Makes the classifier from its config."""
    positive = [*POSITIVE_STEMS, *map(fold, setup.config["positive"])]
    negative = [*NEGATIVE_STEMS, *map(fold, setup.config["negative"])]
    both = sorted(set(positive) & set(negative))
    if both:
        raise Error(ErrorKind.INVALID_CONFIG, f"these stems sound good and bad at once: {', '.join(both)}")
    if not all([*positive, *negative]):
        raise Error(ErrorKind.INVALID_CONFIG, "an empty stem begins every word")
    setup.log.log(logging.DEBUG, "the stems are read", extra={"positive": len(positive), "negative": len(negative)})
    return KeywordClassifier(positive, negative, setup.config["threshold"])


SPEC = PluginSpec(
    kind="sentiment",
    name="keyword",
    version="1.0.0",
    summary="Rates Russian texts by the stems of words that sound good or bad",
    make=make,
    schema=SCHEMA,
)

if __name__ == "__main__":
    serve(SPEC)
