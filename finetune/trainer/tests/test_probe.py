"""The longest batch is measured before the first step, and nothing else is changed by that."""

import json
from pathlib import Path
from typing import Any

import pytest
import tiny
import torch
from conftest import Make, lines, trainer
from test_train import digest

from gorod_trainer import probe
from gorod_trainer.data import IGNORED
from gorod_trainer.train import Trainer

SHORT: dict[str, Any] = {"training__steps": 2, "training__save_every": 9, "training__eval_every": 9}


@pytest.mark.parametrize("method", ["lora", "qlora"])
def test_the_adapter_is_the_one_without_it(job: Make, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    measured, not_measured = (job(name, method__kind=method, **SHORT) for name in ("one", "two"))
    assert trainer("train", str(measured)).returncode == 0
    monkeypatch.setattr(Trainer, "measure", lambda _: None)
    assert trainer("train", str(not_measured)).returncode == 0
    assert len(lines(measured, "memory")) == 1
    assert lines(not_measured, "memory") == []
    assert digest(measured) == digest(not_measured)
    told = [[(x["step"], x.get("loss"), x.get("eval_loss")) for x in lines(f)[1:]] for f in (measured, not_measured)]
    assert told[0][1:] == told[1]


def test_adapters_gradients_and_moments_have_32_bits(job: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[torch.dtype]] = []
    save = Trainer._save_checkpoint

    def look(self: Any, *args: Any) -> None:
        trained = [p for p in self.model.parameters() if p.requires_grad]
        moments = {v.dtype for s in self.optimizer.state.values() for k, v in s.items() if k != "step"}
        sizes = {
            sum(v.numel() for k, v in s.items() if k != "step") // p.numel() for p, s in self.optimizer.state.items()
        }
        assert sizes == {2}
        assert len(self.optimizer.state) == len(trained)
        seen.append({p.dtype for p in trained} | moments)
        save(self, *args)

    monkeypatch.setattr(Trainer, "_save_checkpoint", look)
    gradients: set[torch.dtype] = set()
    step = Trainer.backward_pass

    def backward(self: Any, *args: Any, **options: Any) -> Any:
        got = step(self, *args, **options)
        gradients.update(p.grad.dtype for p in self.model.parameters() if p.grad is not None)
        return got

    monkeypatch.setattr(Trainer, "backward_pass", backward)
    for method in ("lora", "qlora"):
        assert trainer("train", str(job(method, method__kind=method, **SHORT))).returncode == 0
    assert seen == [{torch.float32}] * 2
    assert gradients == {torch.float32}


def test_the_batch_is_as_long_as_any_can_be(job: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, ...]] = []
    step = Trainer.backward_pass

    def backward(self: Any, model: Any, inputs: dict[str, Any], *args: Any, **options: Any) -> Any:
        seen.append(tuple(inputs["input_ids"].shape))
        return step(self, model, inputs, *args, **options)

    monkeypatch.setattr(Trainer, "backward_pass", backward)
    folder = job(training__steps=0, training__epochs=1, training__save_every=99, training__eval_every=99, estimate=2.5)
    rows = tiny.dialogues(64)
    rows[17]["messages"][-1]["content"] = "ёж " * 60
    tiny.write_lines(folder / "data" / "train.jsonl", rows)
    assert trainer("train", str(folder)).returncode == 0
    batches, longest = seen[2:], max(shape[1] for shape in seen[2:])
    assert seen[0] == seen[1] == (4, longest)  # twice: the gradients of a first batch are there in the second
    assert len(batches) == 16
    (memory,) = lines(folder, "memory")
    assert lines(folder)[1] == memory
    assert (memory["step"], memory["sequences"], memory["tokens"]) == (0, 4, longest)
    assert memory["estimate_gb"] == 2.5
    report = json.loads((folder / "run" / "report.json").read_text(encoding="utf-8"))
    assert report["longest_batch_memory_gb"] == memory["memory_gb"] > 0.2
    assert report["estimate_gb"] == 2.5
    assert report["memory_gb"] < memory["memory_gb"] + 0.1


def test_rows_have_as_much_to_learn_as_any() -> None:
    class Rows(list[Any]):
        def __getitem__(self, at: Any) -> Any:
            return [r[at] for r in self] if isinstance(at, str) else super().__getitem__(at)

    rows = Rows([{"input_ids": [1, 2, 3, 4], "labels": [IGNORED] * 4}, {"input_ids": [5, 6], "labels": [IGNORED, 6]}])
    want = {"input_ids": [1, 2, 3, 4], "labels": [IGNORED] * 3 + [4]}
    assert probe.longest(rows, 8) == [want, want]
    assert probe.longest(rows, 1) == [want]


def test_a_batch_that_does_not_fit_ends_the_run_before_its_first_step(
    job: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 9 GiB")

    def backward(*_: Any, **__: Any) -> Any:
        raise full

    monkeypatch.setattr(Trainer, "backward_pass", backward)
    folder = job(**SHORT)
    got = trainer("train", str(folder))
    assert got.returncode == 3
    assert "the longest batch, 4 sequences of 117 tokens, before the first step" in got.stderr
    assert "turn training.batch: 2 and training.accumulate: 4, or training.gradient_checkpointing: true" in got.stderr
    assert "method.kind: qlora, or a training.max_length under 192, or method.rank: 4" in got.stderr
    assert "resources.memory over 32" in got.stderr
    assert "Traceback" not in got.stderr
    assert [x["event"] for x in lines(folder)] == ["start"]
    state: dict[str, Any] = json.loads(Path(folder / "run" / "state.json").read_text(encoding="utf-8"))
    assert (state["state"], state["step"]) == ("failed", 0)
    assert "training.batch: 2" in state["error"]
