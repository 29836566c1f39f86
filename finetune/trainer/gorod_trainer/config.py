"""The job as it stands in job.json; finetune/job/job.go is its contract."""

import dataclasses
import json
import math
import types
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from gorod_trainer.errors import BadInputError

T = TypeVar("T")


def _num(default: float, low: float = 0, high: float = math.inf) -> Any:
    return field(default=default, metadata={"low": low, "high": high})


def _one(*values: str) -> Any:
    return field(default=values[0], metadata={"values": values})


@dataclass(frozen=True)
class Base:
    """The model that is tuned."""

    model: str
    revision: str = ""
    profile: str = _one("auto", "yandexgpt5-lite", "qwen2.5", "qwen3", "llama3", "gemma", "mistral", "t-lite", "chatml")
    template: str = ""
    trust_remote_code: bool = False


@dataclass(frozen=True)
class Dataset:
    """What it is tuned on."""

    path: str
    train: str = "train"
    validation: str = "validation"
    retrieved: bool = False
    limit: int = _num(0)


@dataclass(frozen=True)
class Method:
    """What is trained."""

    kind: str = _one("qlora", "lora")
    rank: int = _num(16, 1, 1024)
    alpha: float = _num(32)
    dropout: float = _num(0.05, 0, 0.9)
    targets: str = _one("all-linear", "attention", "qkv", "custom")
    modules: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Training:
    """How it is trained."""

    epochs: float = _num(2)
    steps: int = _num(0)
    lr: float = _num(0.0002, 0, 1)
    schedule: str = _one("cosine", "linear", "constant")
    warmup: float = _num(0.03, 0, 1)
    weight_decay: float = _num(0)
    grad_norm: float = _num(1)
    batch: int = _num(4, 1)
    accumulate: int = _num(4, 1)
    max_length: int = _num(1024, 8)
    packing: bool = False
    assistant_only_loss: bool = True
    gradient_checkpointing: bool = True
    optimizer: str = _one("adamw", "adamw_8bit", "paged_adamw_8bit")
    seed: int = _num(1, 0, 2**64 - 1)
    log_every: int = _num(1, 1)
    eval_every: int = _num(50, 1)
    save_every: int = _num(50, 1)
    keep_last: int = _num(2, 1)
    early_stop: int = _num(0)
    tensorboard: bool = False
    mlflow: str = ""


@dataclass(frozen=True)
class Resources:
    """What a task needs; Slurm's own fields are carried along."""

    gpus: int = _num(1)
    nodes: int = _num(1, 1)
    cpus: int = _num(4, 1)
    memory: int = _num(32, 1)
    gpu_memory: float = _num(0)
    time: int = _num(0)
    partition: str = ""
    account: str = ""
    constraint: str = ""
    price: float = _num(0)
    parallel: int = _num(4, 1)

    @property
    def local(self) -> int:
        """How many train on a node: one for each GPU, or one on the CPU."""
        return max(1, self.gpus)

    @property
    def processes(self) -> int:
        """How many train together."""
        return self.local * self.nodes


@dataclass(frozen=True)
class Cluster:
    """Where it runs; nothing here is for the trainer."""

    kind: str = _one("local", "slurm")
    via: str = _one("commands", "ssh", "rest")
    host: str = ""
    dir: str = ""
    env: dict[str, str] = field(default_factory=dict)
    setup: list[str] = field(default_factory=list)
    python: str = "auto"


@dataclass(frozen=True)
class Export:
    """What becomes of the result; only merge_base is for the trainer."""

    merge_base: str = _one("w16", "dequantized")
    quantize: list[str] = field(default_factory=list)
    ollama: str = ""
    system: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    banned: list[str] = field(default_factory=list)
    logit_bias: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Notify:
    """Who is told of the end; nothing here is for the trainer."""

    command: str = ""
    webhook_env: str = ""
    mail: str = ""


@dataclass(frozen=True)
class Job:
    """A file of the kind Finetune, resolved."""

    base: Base
    dataset: Dataset
    apiVersion: str = _one("gorod/v1")  # noqa: N815 so it stands in the file
    kind: str = _one("Finetune")
    name: str = ""
    method: Method = field(default_factory=Method)
    training: Training = field(default_factory=Training)
    resources: Resources = field(default_factory=Resources)
    cluster: Cluster = field(default_factory=Cluster)
    export: Export = field(default_factory=Export)
    notify: Notify = field(default_factory=Notify)
    sweep: dict[str, Any] = field(default_factory=dict)
    id: str = ""
    task: int | str | None = None
    estimate: float | dict[str, Any] | None = None


def load(path: Path) -> Job:
    """Reads job.json; whatever is not understood is an error that names it."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInputError(f"{path} does not exist: the folder of a job is needed") from None
    except (ValueError, OSError) as e:
        raise BadInputError(f"{path} cannot be read: {e}") from e
    job = _object(Job, value, "")
    if job.method.targets == "custom" and not job.method.modules:
        raise BadInputError("job.json: method.modules must name modules where method.targets is custom")
    if job.training.epochs <= 0 and job.training.steps == 0:
        raise BadInputError("job.json: training.epochs or training.steps must be more than 0")
    if job.training.optimizer != "adamw" and job.resources.gpus == 0:
        raise BadInputError(f"job.json: training.optimizer {job.training.optimizer} needs a GPU; adamw does not")
    return job


def _object(cls: type[T], value: Any, path: str) -> T:
    if not isinstance(value, dict):
        raise BadInputError(f"job.json: {path or 'the file'} must be an object")
    fields = {f.name: f for f in dataclasses.fields(cls)}  # type: ignore[arg-type]
    hints = typing.get_type_hints(cls)
    got: dict[str, Any] = {}
    for name, item in value.items():
        at = f"{path}.{name}" if path else name
        if name not in fields:
            raise BadInputError(f"job.json: unknown field {at}")
        if item is None and fields[name].default_factory is not dataclasses.MISSING:
            continue  # Go writes an absent list as null
        got[name] = _value(hints[name], item, at, fields[name].metadata)
    for name, f in fields.items():
        if name not in got and f.default is f.default_factory is dataclasses.MISSING:
            raise BadInputError(f"job.json: {path + '.' if path else ''}{name} is missing")
    return cls(**got)


def _value(hint: Any, item: Any, at: str, limits: typing.Mapping[str, Any]) -> Any:
    if dataclasses.is_dataclass(hint):
        return _object(hint, item, at)  # type: ignore[arg-type]
    if isinstance(hint, types.UnionType):
        allowed = tuple(typing.get_origin(a) or a for a in typing.get_args(hint))
        return _checked(isinstance(item, allowed + ((int,) if float in allowed else ())), item, at, "of another type")
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is list:
        _checked(isinstance(item, list), item, at, "a list")
        return [_value(args[0], x, f"{at}[{i}]", {}) for i, x in enumerate(item)]
    if origin is dict:
        _checked(isinstance(item, dict), item, at, "an object")
        return {k: _value(args[1], x, f"{at}.{k}", {}) for k, x in item.items()}
    if hint is Any:
        return item
    return _scalar(hint, item, at, limits)


def _scalar(hint: Any, item: Any, at: str, limits: typing.Mapping[str, Any]) -> Any:
    number = isinstance(item, int | float) and not isinstance(item, bool)
    if hint is float:
        _checked(number and math.isfinite(item), item, at, "a number")
    elif hint is int:
        _checked(number and isinstance(item, int), item, at, "a whole number")
    else:
        _checked(isinstance(item, hint), item, at, {str: "a text", bool: "true or false"}[hint])
    if "low" in limits and not limits["low"] <= item <= limits["high"]:
        raise BadInputError(f"job.json: {at} is {item}, must be from {limits['low']:g} to {limits['high']:g}")
    if "values" in limits and item not in limits["values"]:
        raise BadInputError(f"job.json: {at} is {item!r}, must be one of {', '.join(limits['values'])}")
    return item


def _checked(ok: bool, item: Any, at: str, want: str) -> Any:
    if not ok:
        raise BadInputError(f"job.json: {at} is {json.dumps(item, ensure_ascii=False)[:60]}, must be {want}")
    return item
