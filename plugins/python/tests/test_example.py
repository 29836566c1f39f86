import keyword_sentiment
import pytest

from gorod_plugin import Classifier, Error, ErrorKind
from gorod_plugin.testing import make


def rate(text: str, **config: object) -> tuple[str, float]:
    classifier = make(keyword_sentiment.SPEC, config)
    assert isinstance(classifier, Classifier)
    (sentiment,) = classifier.classify(1, [text])
    assert 0 <= sentiment.arousal <= 1
    return sentiment.label, sentiment.valence


@pytest.mark.parametrize(
    ("text", "label", "valence"),
    [
        ("Какой прекрасный день!", "positive", 1 / 2),
        ("ЛЮБЛЮ, счастлив, рада", "positive", 3 / 4),
        ("Мне грустно и страшно", "negative", -2 / 3),
        ("мне не грустно", "positive", 1 / 2),
        ("ничего хорошего, одно плохое", "neutral", 0),
        ("больше радио, более злаков", "neutral", 0),
        ("обиделся", "negative", -1 / 2),
        ("", "neutral", 0),
        ("😀", "neutral", 0),
    ],
)
def test_texts_are_rated_by_their_words(text: str, label: str, valence: float) -> None:
    got = rate(text)
    assert got[0] == label
    assert got[1] == pytest.approx(valence)


def test_stems_and_threshold_come_from_the_config() -> None:
    assert rate("ёлка", positive=["Ёлк"]) == ("positive", 0.5)
    assert rate("какая скука", negative=["скук"]) == ("negative", -0.5)
    assert rate("хорошо", threshold=0.6) == ("neutral", 0.5)


@pytest.mark.parametrize(("config", "message"), [({"negative": ["рад"]}, "рад"), ({"positive": [""]}, "empty")])
def test_stems_that_make_no_sense_are_refused(config: dict[str, object], message: str) -> None:
    with pytest.raises(Error, match=message) as e:
        make(keyword_sentiment.SPEC, config)
    assert e.value.kind == ErrorKind.INVALID_CONFIG
