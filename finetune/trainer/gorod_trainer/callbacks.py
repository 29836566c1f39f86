"""What a run tells: metrics.jsonl, state.json, memory."""

import json
import resource
import time
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from gorod_trainer.checkpoint import write_json
from gorod_trainer.config import Job
from gorod_trainer.errors import SupersededError
from gorod_trainer.signals import Signals


class Metrics:
    """Appends lines to metrics.jsonl; one process of a job does."""

    def __init__(self, run: Path, active: bool = True) -> None:
        self._path, self._active = run / "metrics.jsonl", active

    def write(self, event: str, **values: Any) -> None:
        """Writes one line; what is None is left out."""
        if not self._active:
            return
        line = {"event": event, **{k: v for k, v in values.items() if v is not None}, "time": round(time.time(), 3)}
        with self._path.open("a", encoding="utf-8") as f:
            f.write(json.dumps(line, ensure_ascii=False) + "\n")

    def first_eval_loss(self) -> float | None:
        """The held-out loss before the first step, whichever start of the run measured it."""
        with self._path.open(encoding="utf-8") as f:
            rows = (json.loads(line) for line in f if '"eval"' in line)
            return next((row["eval_loss"] for row in rows if row["event"] == "eval"), None)


class State:
    """state.json: where a run stands, for whoever watches it."""

    def __init__(self, run: Path, active: bool = True) -> None:
        self._path, self._active = run / "state.json", active
        self._before = self._read()
        self.step = int(self._before.get("step", 0))
        self.restarts = int(self._before.get("restarts", -1)) + 1

    @property
    def done(self) -> bool:
        """Reports whether the run had ended before."""
        return self._before.get("state") == "done"

    def check(self) -> None:
        """Ends a start that a later one has taken the place of: both would write the same files."""
        if self._active and int(self._read().get("restarts", 0)) > self.restarts:
            raise SupersededError("a later start of this job is at work: this one leaves off and writes nothing more")

    def write(self, state: str, error: str = "") -> None:
        """Replaces the file."""
        self.check()
        if self._active:
            value = {"state": state, "step": self.step, "restarts": self.restarts}
            write_json(self._path, {**value, "error": error} if error else value)

    def _read(self) -> dict[str, Any]:
        try:
            value = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return value if isinstance(value, dict) else {}


def peak_memory(job: Job) -> float:
    """The most memory that was in use, in GB: of the GPU, or of the process on a CPU."""
    import torch

    if job.resources.gpus:
        return round(torch.cuda.max_memory_reserved() / 1e9, 3)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9, 3)


def estimated_memory(job: Job) -> float | None:
    """What the estimate in job.json promised, in GB: a number, or an object with memory_gb."""
    promised = job.estimate.get("memory_gb") if isinstance(job.estimate, dict) else job.estimate
    return float(promised) if isinstance(promised, int | float) else None


class Reporter(TrainerCallback):
    """Turns the trainer's events into metrics, and signals into a checkpoint."""

    def __init__(self, job: Job, metrics: Metrics, state: State, signals: Signals) -> None:
        self._job, self._metrics, self._state, self._signals = job, metrics, state, signals
        self._began, self._tokens, self._counted = time.monotonic(), 0, 0
        self.longest_batch_memory: float | None = None
        self.preempted = False

    def count(self, tokens: int) -> None:
        """Adds tokens that were trained on."""
        self._tokens += tokens

    @property
    def tokens(self) -> int:
        """Tokens that this process has trained on."""
        return self._tokens

    def measured(self, state: Any, sequences: int, tokens: int, seconds: float) -> None:
        """Tells of the most memory that any batch will take, beside the estimate."""
        self.longest_batch_memory = peak_memory(self._job)
        self._metrics.write(
            "memory",
            step=state.global_step,
            of=state.max_steps,
            memory_gb=self.longest_batch_memory,
            estimate_gb=estimated_memory(self._job),
            sequences=sequences,
            tokens=tokens,
            seconds=round(seconds, 3),
        )

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Begins to measure."""
        del args, state, control
        self._began, self._counted = time.monotonic(), self._tokens

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Hears signals."""
        self._state.check()
        self._state.step = state.global_step
        if self._asked_to_stop(args):
            self.preempted = True
            control.should_save = control.should_training_stop = True

    def _asked_to_stop(self, args: Any) -> bool:
        """All processes stop at the same step, whichever got the signal."""
        import torch

        asked = bool(self._signals.received)
        if args.world_size > 1:
            flag = torch.tensor(int(asked), device=args.device)
            torch.distributed.all_reduce(flag, op=torch.distributed.ReduceOp.MAX)
            asked = bool(flag.item())
        return asked

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any) -> None:
        """Writes a line of training or of evaluation."""
        del control
        logs = logs or {}
        at = {"step": state.global_step, "of": state.max_steps, "epoch": logs.get("epoch")}
        if "eval_loss" in logs:
            self._metrics.write("eval", **at, eval_loss=logs["eval_loss"])
        elif "loss" in logs:
            now = time.monotonic()
            rate = (self._tokens - self._counted) * args.world_size / max(now - self._began, 1e-9)
            self._began, self._counted = now, self._tokens
            self._metrics.write(
                "log",
                **at,
                loss=logs["loss"],
                lr=logs.get("learning_rate"),
                grad_norm=logs.get("grad_norm"),
                tokens_per_second=round(rate, 1),
                memory_gb=peak_memory(self._job),
            )

    def on_evaluate(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Stops early; the history is in the checkpoints, so a resumed run stops alike."""
        del args
        losses = [h["eval_loss"] for h in state.log_history if "eval_loss" in h and h["step"] > 0]
        patience = self._job.training.early_stop
        if patience and losses and len(losses) - 1 - losses.index(min(losses)) >= patience:
            control.should_training_stop = control.should_save = True

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Tells of a checkpoint."""
        del args, control
        self._metrics.write("save", step=state.global_step, of=state.max_steps)
        self._state.write("running")
