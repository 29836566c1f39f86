"""Profiles of models: chat template, end token, and modules that get adapters."""

from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from gorod_trainer.config import Job, Method
from gorod_trainer.errors import BadInputError

_YANDEX_VOCABULARY = 129_024
_QKV = ("q_proj", "k_proj", "v_proj", "qkv_proj", "query_key_value", "c_attn")
_ATTENTION = (*_QKV, "o_proj", "dense", "c_proj")


@dataclass(frozen=True)
class Profile:
    """How a family of models is talked to."""

    name: str
    end: str  # ends a reply
    attention: str = "sdpa"  # where FlashAttention is absent

    @property
    def template(self) -> str:
        """The Jinja chat template, with generation marks around what is learnt."""
        file = resources.files("gorod_trainer") / "templates" / f"{self.name}.jinja"
        return file.read_text(encoding="utf-8").rstrip("\n")


PROFILES = {
    p.name: p
    for p in (
        Profile("yandexgpt5-lite", "</s>"),
        Profile("qwen2.5", "<|im_end|>"),
        Profile("qwen3", "<|im_end|>"),
        Profile("llama3", "<|eot_id|>"),
        Profile("gemma", "<end_of_turn>", attention="eager"),  # its soft caps need it
        Profile("mistral", "</s>"),
        Profile("t-lite", "<|im_end|>"),
        Profile("chatml", "<|im_end|>"),
    )
}


def choose(job: Job, config: Any, tokenizer: Any) -> Profile:
    """The profile of the job; auto looks at the model's config and tokens."""
    if job.base.profile != "auto":
        return PROFILES[job.base.profile]
    name = _guess(str(getattr(config, "model_type", "")), getattr(config, "vocab_size", 0), job.base.model, tokenizer)
    if not name:
        raise BadInputError(
            f"base.profile: auto does not know models of type {config.model_type!r}; name one of {', '.join(PROFILES)}"
        )
    return PROFILES[name]


def _guess(kind: str, vocabulary: int, model: str, tokenizer: Any) -> str:
    tokens = tokenizer.get_vocab()
    if kind == "llama" and (vocabulary == _YANDEX_VOCABULARY or "yandexgpt" in model.lower()):
        return "yandexgpt5-lite"
    if "t-lite" in model.lower() or "t-pro" in model.lower():
        return "t-lite"
    for start, name in (("qwen3", "qwen3"), ("qwen2", "qwen2.5"), ("gemma", "gemma")):
        if kind.startswith(start):
            return name
    for token, name in (("<|eot_id|>", "llama3"), ("<|im_end|>", "chatml"), ("[/INST]", "mistral")):
        if token in tokens:
            return name
    return ""


def prepare(tokenizer: Any, profile: Profile, template: str = "") -> None:
    """Gives the tokenizer the template and the end token; both are tried out."""
    text = profile.template
    if template:
        try:
            text = Path(template).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as e:
            raise BadInputError(f"base.template cannot be read: {e}") from e
    if profile.end not in tokenizer.get_vocab():
        raise BadInputError(
            f"the tokenizer has no token {profile.end!r}, which ends a reply of profile {profile.name}; "
            "choose another base.profile"
        )
    tokenizer.chat_template = text
    tokenizer.eos_token = profile.end
    if tokenizer.pad_token is None:
        tokenizer.pad_token = profile.end
    _try_out(tokenizer)


def _try_out(tokenizer: Any) -> None:
    from gorod_trainer.data import IGNORED, encode

    asked = [{"role": "system", "content": "Ты робот."}, {"role": "user", "content": "Как дела?"}]
    answered = [*asked, {"role": "assistant", "content": "Хорошо."}]
    try:
        prompt = tokenizer.apply_chat_template(asked, tokenize=False, add_generation_prompt=True)
        full = tokenizer.apply_chat_template(answered, tokenize=False)
        labels = encode(tokenizer, answered).labels
    except Exception as e:  # a template is a program: it may fail in any way
        raise BadInputError(f"the chat template does not work: {e}") from e
    learnt = [t for t in labels if t != IGNORED]
    if not learnt:
        raise BadInputError("the chat template has no {% generation %} marks: nothing would be learnt")
    if learnt[-1] != tokenizer.eos_token_id:
        raise BadInputError(f"the {{% generation %}} marks leave out {tokenizer.eos_token!r}: it would never stop")
    if not full.startswith(prompt):
        raise BadInputError("the chat template renders a prompt in another way when its reply follows")


def targets(method: Method, model: Any) -> str | list[str]:
    """The modules that get adapters, as PEFT wants them."""
    if method.targets == "all-linear":
        return "all-linear"
    wanted = {"attention": _ATTENTION, "qkv": _QKV, "custom": tuple(method.modules)}[method.targets]
    present = {name.rsplit(".", 1)[-1] for name, _ in model.named_modules()}
    chosen = sorted(set(wanted) & present)
    if method.targets == "custom" and set(wanted) - present:
        raise BadInputError(f"method.modules: the model has no {', '.join(sorted(set(wanted) - present))}")
    if not chosen:
        raise BadInputError(f"method.targets: {method.targets} finds no modules in this model; name them with custom")
    return chosen
