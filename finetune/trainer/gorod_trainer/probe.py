"""One backward pass over the longest batch before the first step: what does not fit ends at once."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from gorod_trainer.data import IGNORED

# Bytes that an optimizer keeps of a parameter: two moments. Pages of a paged one go to main memory.
_STATE_BYTES = {"adamw": 8, "adamw_8bit": 2, "paged_adamw_8bit": 0}
# bitsandbytes keeps the moments of smaller tensors in 32 bits.
_SMALLEST_8BIT = 4096


def longest(rows: Any, batch: int) -> list[dict[str, Any]]:
    """As many copies of the longest row as a batch has, with as much to learn as any row has."""
    lengths = [len(ids) for ids in rows["input_ids"]]
    row = dict(rows[max(range(len(lengths)), key=lengths.__getitem__)])
    if "labels" in row:
        most = max(sum(label != IGNORED for label in labels) for labels in rows["labels"])
        ids = row["input_ids"]
        row["labels"] = [IGNORED] * (len(ids) - most) + ids[len(ids) - most :]
    return [dict(row) for _ in range(min(batch, len(rows)))]


@contextmanager
def untouched(trainer: Any) -> Iterator[None]:
    """What is random, what was counted and what was learnt is afterwards as before."""
    python, numpy = random.getstate(), np.random.get_state()
    counted = {mode: {key: list(x) for key, x in found.items()} for mode, found in trainer._metrics.items()}
    tokens = trainer._total_train_tokens
    mode = trainer.model.training
    try:
        with torch.random.fork_rng([torch.cuda.current_device()] if torch.cuda.is_available() else []):
            yield
    finally:
        trainer.model.train(mode)
        trainer.model.zero_grad()
        for key, found in counted.items():
            trainer._metrics[key].clear()
            trainer._metrics[key].update(found)
        trainer._total_train_tokens = tokens
        random.setstate(python)
        np.random.set_state(numpy)


def run(trainer: Any, optimizer: str) -> tuple[int, int]:
    """Takes as much memory as any step of the run will; returns sequences and tokens of the batch."""
    args, model = trainer.args, trainer.model_wrapped
    features = longest(trainer.train_dataset, args.per_device_train_batch_size)
    batch = trainer.data_collator(features)
    shape = batch["input_ids"].shape
    trained = [p for p in model.parameters() if p.requires_grad]
    with untouched(trainer):
        # A run that is resumed has them already.
        state = [] if trainer.optimizer.state else [_moments(p, _STATE_BYTES[optimizer]) for p in trained]
        trainer.current_gradient_accumulation_steps = args.gradient_accumulation_steps
        # From the second batch of a step on, the gradients of those before are there too.
        for _ in range(min(2, args.gradient_accumulation_steps)):
            trainer.backward_pass(model, dict(batch))
        del state
    return int(shape[0]), int(shape[1])


def _moments(parameter: Any, size: int) -> Any:
    """A block of memory such as an optimizer will take, really taken."""
    local = parameter.to_local() if hasattr(parameter, "to_local") else parameter
    if 0 < size < _STATE_BYTES["adamw"] and local.numel() < _SMALLEST_8BIT:
        size = _STATE_BYTES["adamw"]
    return torch.full((local.numel() * size,), 1, dtype=torch.uint8, device=local.device)
