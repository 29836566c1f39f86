"""Bad input ends with exit code 2 and says what to do; a full disk and a full memory with theirs."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import tiny
from child import fill_disk
from conftest import Make, start, trainer

from gorod_trainer import cli, config, launch, model
from gorod_trainer.errors import BadInputError


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"training__learning_rate": 1}, "unknown field training.learning_rate"),
        ({"colour": "red"}, "unknown field colour"),
        ({"base": {}}, "base.model is missing"),
        ({"method__kind": "dora"}, "method.kind is 'dora', must be one of qlora, lora"),
        ({"method__rank": 0}, "method.rank is 0, must be from 1 to 1024"),
        ({"method__rank": 1.5}, "method.rank is 1.5, must be a whole number"),
        ({"method__targets": "custom"}, "method.modules must name modules"),
        ({"method__targets": "custom", "method__modules": ["wings"]}, "the model has no wings"),
        ({"training__packing": "yes"}, 'training.packing is "yes", must be true or false'),
        ({"training__seed": -1}, "training.seed is -1"),
        ({"training__epochs": 0, "training__steps": 0}, "training.epochs or training.steps"),
        ({"training__packing": True}, "training.packing needs FlashAttention"),
        ({"training__optimizer": "adamw_8bit"}, "adamw_8bit needs a GPU"),
        ({"training__max_length": 8}, "replies fits into training.max_length"),
        ({"resources__gpus": 1}, "resources.gpus is 1, but"),
        ({"base__model": "/no/such/model"}, "there is no folder /no/such/model"),
        ({"base__profile": "gemma", "base__template": "/no/such/template"}, "base.template cannot be read"),
        ({"dataset__train": "training"}, "no data of split 'training'"),
    ],
)
def test_bad_input(job: Make, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], why: str) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    folder = job(**changes)
    if "dataset__train" in changes:
        (folder / "data" / "train.jsonl").unlink()
    got = trainer("train", str(folder))
    assert got.returncode == 2
    assert why in got.stderr
    assert "Traceback" not in got.stderr


def test_no_job_and_no_command(tmp_path: Path) -> None:
    assert trainer("train", str(tmp_path)).returncode == 2
    assert trainer("fly", str(tmp_path)).returncode == 2
    (tmp_path / "job.json").write_text("[1, ")
    assert "cannot be read" in trainer("train", str(tmp_path)).stderr


def test_what_go_writes_is_read(job: Make) -> None:
    folder = job(
        cluster={"kind": "local", "via": "commands", "python": "auto", "env": None},
        notify={"webhook_env": "URL", "mail": "me@example.org"},
        sweep=None,
        task=3,
    )
    assert config.load(folder / "job.json").cluster.env == {}
    checked = trainer("check", str(folder))
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda p: p.write_bytes(p.read_bytes()[:-7]), "it has"),
        (lambda p: p.write_bytes(b"\xff" * 64), "its header is said to have"),
        (lambda p: p.write_bytes(b""), "is damaged"),
        (lambda p: p.write_bytes(p.read_bytes().replace(b'"dtype"', b'"d\xfftyp"')), "is damaged"),
    ],
)
def test_a_damaged_shard_is_named(tmp_path: Path, damage: Any, why: str) -> None:
    folder = tmp_path / "model"
    tiny.make(folder, hidden=32, layers=1)
    shard = folder / "model.safetensors"
    model.check_weights(folder)
    damage(shard)
    with pytest.raises(BadInputError, match=str(shard)) as got:
        model.check_weights(folder)
    assert why in str(got.value)


def test_a_shard_that_is_missing_is_named(tmp_path: Path) -> None:
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"a": "model-00002-of-00002.safetensors"}}))
    with pytest.raises(BadInputError, match=r"model-00002-of-00002.safetensors is missing"):
        model.check_weights(tmp_path)
    index.write_text("{}")
    with pytest.raises(BadInputError, match="is damaged"):
        model.check_weights(tmp_path)


def test_packages_that_lack_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_PACKAGES", ("torch", "no-such-package"))
    with pytest.raises(BadInputError, match=r"lacks no-such-package: .*pip install -r .*requirements.txt"):
        cli.check_requirements()


def test_a_full_disk_keeps_the_last_checkpoint(job: Make) -> None:
    folder = job(training__steps=4, training__save_every=2, training__keep_last=9, training__eval_every=99)
    assert start(folder, fill_disk).wait(timeout=120) == 1
    assert "is full or its quota used up" in (folder / "log").read_text()
    assert os.listdir(folder / "run" / "checkpoints") == ["step-2"]
    state = json.loads((folder / "run" / "state.json").read_text(encoding="utf-8"))
    assert (state["state"], state["step"]) == ("failed", 4)
    assert "is full or its quota used up" in state["error"]
    again = trainer("train", str(folder))
    assert again.returncode == 0, again.stderr


def test_memory_that_runs_out_names_the_knobs(job: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise MemoryError("CUDA out of memory")

    monkeypatch.setattr("gorod_trainer.model.load", full)
    got = trainer("train", str(job()))
    assert got.returncode == 3
    assert "turn training.batch: 2 and training.accumulate: 4" in got.stderr


def test_nodes_know_of_each_other_by_slurm(job: Make) -> None:
    several = config.load(job(resources={"gpus": 4, "nodes": 2}) / "job.json")
    assert launch.needed(several, {})
    assert not launch.needed(several, {"RANK": "0"})
    slurm = {"SLURM_NODEID": "1", "SLURM_LAUNCH_NODE_IPADDR": "10.0.0.1", "SLURM_JOB_ID": "123"}
    assert launch.world(several, slurm) == launch.World(4, 8, 1, "10.0.0.1", 20_123)
    with pytest.raises(BadInputError, match="srun --ntasks-per-node=1"):
        launch.world(several, {})
    one = config.load(job("one", resources={"gpus": 2}) / "job.json")
    assert launch.world(one, {}).address == "127.0.0.1"
    assert not launch.needed(config.load(job("cpu") / "job.json"), {})
