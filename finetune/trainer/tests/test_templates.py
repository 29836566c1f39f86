"""What is learnt of a dialogue, for each profile's template."""

from pathlib import Path
from typing import Any

import pytest
import tiny
from transformers import AutoTokenizer

from gorod_trainer import data, profiles
from gorod_trainer.errors import BadInputError

TALK = [
    {"role": "system", "content": "Ты — Ася. Ёж 🦔"},
    {"role": "user", "content": "Привет!\n\nКак дела?"},
    {"role": "assistant", "content": "Нормально 🙂"},
    {"role": "user", "content": "А у кота?"},
    {"role": "assistant", "content": "Спит.\nЁлки"},
]


@pytest.fixture
def tokenizer(base: Path) -> Any:
    return AutoTokenizer.from_pretrained(base)


def prepared(tokenizer: Any, name: str) -> profiles.Profile:
    profile = profiles.PROFILES[name]
    profiles.prepare(tokenizer, profile)
    return profile


def learnt(tokenizer: Any, example: data.Example) -> list[str]:
    """The runs of tokens that are learnt, as text."""
    runs: list[list[int]] = [[]]
    for token, label in zip(example.input_ids, example.labels, strict=True):
        if label == data.IGNORED:
            runs.append([])
        else:
            assert label == token
            runs[-1].append(token)
    return [tokenizer.decode(r) for r in runs if r]


@pytest.mark.parametrize("name", profiles.PROFILES)
def test_replies_and_their_end_are_learnt_and_nothing_else(tokenizer: Any, name: str) -> None:
    profile = prepared(tokenizer, name)
    replies = [m["content"] + profile.end for m in TALK if m["role"] == "assistant"]
    want = replies[-1:] if name == "yandexgpt5-lite" else replies
    assert learnt(tokenizer, data.encode(tokenizer, TALK)) == want
    assert learnt(tokenizer, data.encode(tokenizer, TALK[3:])) == replies[-1:]
    assert learnt(tokenizer, data.encode(tokenizer, TALK[2:])) == want
    everything = data.encode(tokenizer, TALK, assistant_only=False)
    assert everything.labels == everything.input_ids


@pytest.mark.parametrize("name", profiles.PROFILES)
def test_a_prompt_is_the_beginning_of_what_was_learnt(tokenizer: Any, name: str) -> None:
    profile = prepared(tokenizer, name)
    prompt = tokenizer.apply_chat_template(TALK[:-1], add_generation_prompt=True, return_dict=True)["input_ids"]
    example = data.encode(tokenizer, TALK)
    assert example.input_ids[: len(prompt)] == prompt
    assert example.labels[len(prompt)] == example.input_ids[len(prompt)]
    rendered = tokenizer.apply_chat_template(TALK, tokenize=False)
    assert all(m["content"] in rendered for m in TALK)
    assert rendered.rstrip("\n").endswith(TALK[-1]["content"] + profile.end)


def test_all_profiles_of_the_contract_have_a_template() -> None:
    files = (Path(profiles.__file__).parent / "templates").glob("*.jinja")
    assert sorted(p.stem for p in files) == sorted(profiles.PROFILES)


@pytest.mark.parametrize(
    ("kind", "vocabulary", "model", "want"),
    [
        ("llama", 129_024, "x", "yandexgpt5-lite"),
        ("llama", 1000, "yandex/YandexGPT-5-Lite-8B-pretrain", "yandexgpt5-lite"),
        ("qwen2", 1000, "t-tech/T-lite-it-1.0", "t-lite"),
        ("qwen2", 1000, "Qwen/Qwen2.5-7B", "qwen2.5"),
        ("qwen3", 1000, "x", "qwen3"),
        ("gemma3_text", 1000, "x", "gemma"),
        ("llama", 1000, "x", "llama3"),
    ],
)
def test_auto_finds_the_profile(tokenizer: Any, kind: str, vocabulary: int, model: str, want: str) -> None:
    assert profiles._guess(kind, vocabulary, model, tokenizer) == want


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{% for m in messages %}{{ m['content'] }}</s>{% endfor %}", "no {% generation %} marks"),
        (
            "{% for m in messages %}{% generation %}{{ m['content'] }}{% endgeneration %}</s>{% endfor %}",
            "leave out '</s>'",
        ),
        ("{% for m in messages %}", "does not work"),
        (
            "{% for m in messages %}{% generation %}{{ m['content'] }}</s>{% endgeneration %}{% endfor %}"
            "{% if add_generation_prompt %}?{% endif %}",
            "in another way",
        ),
    ],
)
def test_a_template_that_would_teach_wrong_is_refused(tmp_path: Path, tokenizer: Any, template: str, why: str) -> None:
    path = tmp_path / "mine.jinja"
    path.write_text(template, encoding="utf-8")
    with pytest.raises(BadInputError, match=why.replace("{", r"\{").replace("%", "%")):
        profiles.prepare(tokenizer, profiles.PROFILES["mistral"], str(path))


def test_long_dialogues_lose_their_oldest_turns(tokenizer: Any) -> None:
    prepared(tokenizer, "chatml")
    length = len(data.encode(tokenizer, TALK).input_ids)
    fitted = data.fit(tokenizer, TALK, length)
    assert fitted is not None
    assert fitted.messages == TALK
    shapes: list[data.Dialogue] = []
    for most in range(length - 1, 0, -1):
        fitted = data.fit(tokenizer, TALK, most)
        if fitted is None:
            break
        assert len(fitted.input_ids) <= most
        assert fitted.messages[-1] == TALK[-1]
        if not shapes or shapes[-1] != fitted.messages:
            shapes.append(fitted.messages)
    system = TALK[:1]
    assert shapes == [system + TALK[2:], system + TALK[3:], system + TALK[4:], TALK[4:]]


def test_examples_that_do_not_fit_are_left_out(tokenizer: Any) -> None:
    prepared(tokenizer, "chatml")
    assert data.fit(tokenizer, [{"role": "assistant", "content": "слово " * 100}], 32) is None


def test_the_tiny_chat_is_russian() -> None:
    assert sum("ё" in t for t in tiny.texts()) > 20
