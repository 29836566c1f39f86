"""Training: from a job's folder to an adapter."""

import json
import os
import platform
import random
import time
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import torch
from peft import LoraConfig
from transformers import TrainerCallback
from trl import SFTConfig, SFTTrainer

from gorod_trainer import checkpoint, data, inputs, model, probe, profiles, trackers
from gorod_trainer.callbacks import Metrics, Reporter, State, estimated_memory, peak_memory
from gorod_trainer.config import Job
from gorod_trainer.errors import (
    BadInputError,
    OutOfMemoryError,
    PreemptedError,
    SupersededError,
    is_out_of_memory,
    knobs,
    told,
)
from gorod_trainer.signals import Signals

# Bases with more parameters than this are spread over the GPUs of a job.
FSDP_PARAMETERS = 20e9

_OPTIMIZERS = {"adamw": "adamw_torch", "adamw_8bit": "adamw_bnb_8bit", "paged_adamw_8bit": "paged_adamw_8bit"}
_SCHEDULES = {"cosine": "cosine", "linear": "linear", "constant": "constant_with_warmup"}


class Trainer(SFTTrainer):
    """TRL's trainer with checkpoints that are whole or not there, and a count of tokens."""

    def __init__(self, run: Path, job: Job, reporter: Reporter, **options: Any) -> None:
        self._folder, self._job, self._reporter = run / "checkpoints", job, reporter
        self._writing: Path | None = None
        super().__init__(**options)
        self.add_callback(_Measure(self))
        self.add_callback(reporter)

    def training_step(self, step_model: Any, inputs: dict[str, Any], *args: Any, **options: Any) -> Any:
        """Counts the tokens of a batch and trains on it."""
        self._reporter.count(inputs["input_ids"].numel())
        return self.backward_pass(step_model, inputs, *args, **options)

    def backward_pass(self, step_model: Any, inputs: dict[str, Any], *args: Any, **options: Any) -> Any:
        """Trains on a batch that is not counted."""
        return super().training_step(step_model, inputs, *args, **options)

    def measure(self) -> None:
        """Takes the longest batch before the first step, so that a job that does not fit ends at once."""
        began = time.monotonic()
        try:
            sequences, tokens = probe.run(self, self._job.training.optimizer)
        except Exception as e:
            if not is_out_of_memory(e):
                raise
            longest = max(len(ids) for ids in self.train_dataset["input_ids"])
            raise OutOfMemoryError(
                f"out of memory with the longest batch, {self._job.training.batch} sequences of {longest} tokens, "
                f"before the first step: {knobs(self._job)} ({e})"
            ) from e
        self._reporter.measured(self.state, sequences, tokens, time.monotonic() - began)

    def create_model_card(self, *_: Any, **__: Any) -> None:
        """Writes none: the importer of the model does."""

    def _get_output_dir(self, trial: Any) -> str:
        return str(self._writing or super()._get_output_dir(trial))

    def _save_checkpoint(self, saved_model: Any, trial: Any) -> None:
        step = self.state.global_step
        self._writing = self._folder / f".step-{step}.tmp"
        written = self._writing / f"checkpoint-{step}"
        try:
            self._write_checkpoint(saved_model, trial, written, self._folder / f"step-{step}")
        finally:
            if self.args.should_save:
                checkpoint.clean(self._folder)
            self._writing = None

    def _write_checkpoint(self, saved_model: Any, trial: Any, written: Path, final: Path) -> None:
        super()._save_checkpoint(saved_model, trial)
        self.accelerator.wait_for_everyone()
        if self.args.should_save:
            checkpoint.seal(written)
            checkpoint.publish(written, final)
            checkpoint.prune(self._folder, self._job.training.keep_last)
        self.accelerator.wait_for_everyone()


class _Measure(TrainerCallback):
    """Measures when model and optimizer are as in training: wrapped, spread, resumed."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer

    def on_train_begin(self, *_: Any, **__: Any) -> None:
        """Measures."""
        self._trainer.measure()


def seed32(seed: int) -> int:
    """A seed of 64 bits in the 32 that NumPy takes."""
    return (seed ^ seed >> 32) & 0xFFFFFFFF


def make_deterministic(job: Job) -> None:
    """The same seed gives the same adapter on the same machine."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    if job.resources.gpus == 0:
        torch.set_num_threads(job.resources.cpus)
    # Some kernels of GPUs have no deterministic form.
    torch.use_deterministic_algorithms(True, warn_only=job.resources.gpus > 0)
    # It would fill each new block of memory before it is used: of a short training, almost half.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    seed = seed32(job.training.seed)
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def parameters(name: str, job: Job) -> float:
    """How many parameters a base has, by its config alone."""
    from accelerate import init_empty_weights
    from transformers import AutoConfig, AutoModelForCausalLM

    trust = job.base.trust_remote_code
    config = AutoConfig.from_pretrained(name, revision=job.base.revision or None, trust_remote_code=trust)
    with init_empty_weights():
        return float(AutoModelForCausalLM.from_config(config, trust_remote_code=trust).num_parameters())


def arguments(job: Job, run: Path, sharded: bool, evaluates: bool) -> Any:
    """The job in the words of TRL."""
    t, dtype = job.training, model.compute_dtype(job)
    if t.packing and not model.has_flash_attention(job):
        raise BadInputError(
            "training.packing needs FlashAttention: without it examples would see each other; "
            "install flash-attn on the cluster or set training.packing: false"
        )
    os.environ["TENSORBOARD_LOGGING_DIR"] = str(run / "tensorboard")
    seed = seed32(t.seed)
    return SFTConfig(
        output_dir=str(run),
        num_train_epochs=t.epochs,
        max_steps=t.steps or -1,
        learning_rate=t.lr,
        lr_scheduler_type=_SCHEDULES[t.schedule],
        warmup_steps=t.warmup if t.warmup < 1 else 0.999999,
        weight_decay=t.weight_decay,
        max_grad_norm=t.grad_norm,
        per_device_train_batch_size=t.batch,
        per_device_eval_batch_size=t.batch,
        gradient_accumulation_steps=t.accumulate,
        activation_checkpointing=t.gradient_checkpointing,
        activation_checkpointing_kwargs={"use_reentrant": False} if t.gradient_checkpointing else None,
        optim=_OPTIMIZERS[t.optimizer],
        max_length=t.max_length,
        packing=t.packing,
        eval_packing=False,
        dataset_kwargs=None if t.packing else {"skip_prepare_dataset": True},
        seed=seed,
        data_seed=seed,
        logging_steps=t.log_every,
        logging_nan_inf_filter=False,
        eval_strategy="steps" if evaluates else "no",
        eval_steps=t.eval_every,
        save_strategy="steps",
        save_steps=t.save_every,
        use_cpu=job.resources.gpus == 0,
        bf16=dtype == torch.bfloat16,
        fp16=dtype == torch.float16,
        report_to="tensorboard" if t.tensorboard else "none",
        disable_tqdm=True,
        dataloader_num_workers=0,
        ddp_find_unused_parameters=False,
        **(_fsdp() if sharded else {}),
    )


def _fsdp() -> dict[str, Any]:
    return {
        "fsdp": True,
        "fsdp_config": {
            "version": 2,
            "reshard_after_forward": True,
            "cpu_ram_efficient_loading": True,
            "state_dict_type": "FULL_STATE_DICT",
        },
    }


def adapters(job: Job, base: Any) -> Any:
    """LoRA as the job wants it."""
    m = job.method
    return LoraConfig(
        r=m.rank,
        lora_alpha=m.alpha,
        lora_dropout=m.dropout,
        target_modules=profiles.targets(m, base),
        bias="none",
        task_type="CAUSAL_LM",
    )


@dataclass(frozen=True)
class Run:
    """A job's folder for what comes of it, and whom it tells."""

    folder: Path
    job: Job
    signals: Signals
    state: State
    metrics: Metrics

    @property
    def lead(self) -> bool:
        """Reports whether this is the first process of the job."""
        return int(os.environ.get("RANK", "0")) == 0

    @property
    def checkpoints(self) -> Path:
        """Where the checkpoints are."""
        return self.folder / "checkpoints"


def train(folder: Path, job: Job, signals: Signals) -> None:
    """Trains, or goes on with it, until it is done or a signal comes."""
    lead = int(os.environ.get("RANK", "0")) == 0
    path = folder / "run"
    path.mkdir(parents=True, exist_ok=True)
    run = Run(path, job, signals, State(path, lead), Metrics(path, lead))
    if run.state.done:
        return
    run.state.write("running")
    try:
        if lead:
            checkpoint.clean(run.checkpoints)
        _train(folder, run)
    except SupersededError:
        raise
    except PreemptedError:
        run.metrics.write("stop", step=run.state.step)
        run.state.write("checkpointed")
        raise
    except BaseException as e:
        run.state.write("failed", told(e, folder, job)[:2000])
        raise


def _train(folder: Path, run: Run) -> None:
    job = run.job
    trackers.check(job)
    model.check_devices(job)
    make_deterministic(job)
    name = model.locate(job)
    tokenizer, profile = model.load_tokenizer(job, name)
    splits = _examples(folder, job, tokenizer)
    _same(run, {"base": inputs.base(job, name), "examples": inputs.examples(splits)})
    sharded = job.resources.processes > 1 and parameters(name, job) > FSDP_PARAMETERS
    args = arguments(job, run.folder, sharded, "validation" in splits)
    base = model.load(job, name, profile, sharded)
    reporter = Reporter(job, run.metrics, run.state, run.signals)
    trainer = Trainer(
        run.folder,
        job,
        reporter,
        model=base,
        args=args,
        train_dataset=data.dataset(splits["train"]),
        eval_dataset=data.dataset(splits["validation"]) if "validation" in splits else None,
        processing_class=tokenizer,
        peft_config=adapters(job, base),
        callbacks=trackers.callbacks(job, run.folder, run.lead),
    )
    for p in trainer.model.parameters():
        if p.requires_grad:  # TRL makes them bfloat16, in which small steps of the optimizer would be rounded away
            p.data = p.data.float()
    _loop(run, trainer, reporter)


def _same(run: Run, now: dict[str, str]) -> None:
    """A run that goes on does so with what it began with."""
    if checkpoint.latest(run.checkpoints):
        inputs.check(run.folder, now)
    elif run.lead:
        inputs.keep(run.folder, now)


def _examples(folder: Path, job: Job, tokenizer: Any) -> dict[str, list[data.Example]]:
    dialogues = data.splits(folder, job)
    return {split: data.examples(tokenizer, found, job, split) for split, found in dialogues.items()}


def _loop(run: Run, trainer: Trainer, reporter: Reporter) -> None:
    began = time.monotonic()
    resumed = checkpoint.latest(run.checkpoints)
    if resumed:
        run.state.step = checkpoint.step_of(resumed)
        run.metrics.write("resume", step=run.state.step)
    else:
        run.state.step = 0
        run.metrics.write("start", step=0)
        # Not trainer.evaluate(): after it, train() would not let processes share their gradients.
        trainer.args.eval_on_start = trainer.eval_dataset is not None
    if run.signals.received:
        raise PreemptedError(f"{run.signals.received} before the first step")
    trainer.train(resume_from_checkpoint=str(resumed) if resumed else None)
    if reporter.preempted and trainer.state.global_step < trainer.state.max_steps:
        raise PreemptedError(f"{run.signals.received or 'a signal'}: checkpoint at step {run.state.step}")
    after = _last_loss(trainer)
    run.state.check()
    save_adapter(trainer, run.folder)
    if trainer.args.should_save:
        checkpoint.write_json(run.folder / "report.json", _report(run, trainer, reporter, after, began))
    run.metrics.write("done", step=trainer.state.global_step, of=trainer.state.max_steps, eval_loss=after)
    run.state.write("done")


def _report(run: Run, trainer: Trainer, reporter: Reporter, after: float | None, began: float) -> dict[str, Any]:
    return {
        "steps": trainer.state.global_step,
        "eval_loss_before": run.metrics.first_eval_loss(),
        "eval_loss": after,
        "seconds": round(time.monotonic() - began, 3),
        "tokens": reporter.tokens,
        "restarts": run.state.restarts,
        "memory_gb": peak_memory(run.job),
        "longest_batch_memory_gb": reporter.longest_batch_memory,
        "estimate_gb": estimated_memory(run.job),
        "versions": {p: metadata.version(p) for p in ("torch", "transformers", "trl", "peft", "bitsandbytes")},
        "python": platform.python_version(),
    }


def _last_loss(trainer: Trainer) -> float | None:
    """The loss at the end; it may just have been measured."""
    last = next((h for h in reversed(trainer.state.log_history) if "eval_loss" in h), None)
    if trainer.eval_dataset is None or (last and last["step"] == trainer.state.global_step):
        return last["eval_loss"] if last else None
    return float(trainer.evaluate()["eval_loss"])


def save_adapter(trainer: Trainer, run: Path) -> None:
    """Writes run/adapter, the same bytes for the same weights."""
    weights = trainer.accelerator.get_state_dict(trainer.model) if trainer.is_fsdp_enabled else None
    if not trainer.args.should_save:
        return
    with checkpoint.whole(run / "adapter") as beside:
        trainer.accelerator.unwrap_model(trainer.model).save_pretrained(beside, state_dict=weights)
        path = beside / "adapter_config.json"
        config = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(config.get("target_modules"), list):
            config["target_modules"].sort()  # a set, in whatever order
        path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
