"""Several processes train together: as copies (DDP), with the model spread over them (FSDP), on several nodes."""

import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from child import Child, shard
from conftest import Make, free_port, lines, ranks, start_afresh, trainer, write_job
from safetensors.torch import load_file
from test_train import digest, reached

TWO = {"gpus": 0, "cpus": 1, "nodes": 2}
SHORT: dict[str, Any] = {"training__steps": 4, "training__save_every": 2, "training__eval_every": 99}
PLAIN: dict[str, Any] = {**SHORT, "method__dropout": 0}


def ended(folder: Path, processes: list[Child]) -> None:
    codes = [p.wait(timeout=120) for p in processes]
    assert codes == [0, 0], (folder / "log").read_text()


def losses(folder: Path) -> list[float]:
    return [x["loss"] for x in lines(folder, "log")]


def adapter(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "run" / "adapter" / "adapter_model.safetensors")


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory, base: Path) -> Path:
    """One process with batches of what two have together."""
    folder = write_job(tmp_path_factory.mktemp("single"), base, **PLAIN, training__batch=8)
    assert trainer("train", str(folder)).returncode == 0
    return folder


def test_two_copies_learn_what_one_process_does(single: Path, job: Make) -> None:
    folder = job(resources=TWO, **PLAIN)
    ended(folder, ranks(folder))
    assert losses(folder) == pytest.approx(losses(single), rel=1e-4)
    one, two = adapter(single), adapter(folder)
    assert one.keys() == two.keys()
    for name, weights in one.items():
        torch.testing.assert_close(two[name], weights, rtol=0.05, atol=2e-3)
    assert {x["step"] for x in lines(folder, "save")} == {2, 4}


@pytest.mark.parametrize("method", ["lora", "qlora"])
def test_a_model_that_is_spread_learns_what_copies_do(job: Make, method: str) -> None:
    copies, spread = (job(name, method__kind=method, resources=TWO, **PLAIN) for name in ("copies", "spread"))
    ended(copies, ranks(copies))
    ended(spread, ranks(spread, change=shard))
    assert losses(spread) == pytest.approx(losses(copies), rel=1e-3)
    assert {w.dtype for w in adapter(spread).values()} == {torch.float32}
    assert {k: v.shape for k, v in adapter(spread).items()} == {k: v.shape for k, v in adapter(copies).items()}
    whole = digest(spread)
    shutil.rmtree(spread / "run" / "adapter")
    shutil.rmtree(spread / "run" / "checkpoints" / "step-4")
    (spread / "run" / "state.json").unlink()
    ended(spread, ranks(spread, change=shard))
    assert [x["step"] for x in lines(spread, "resume")] == [2]
    assert digest(spread) == whole


def test_nodes_that_slurm_started_train_together_and_stop_together(job: Make) -> None:
    whole, parts = job("whole", resources=TWO, **SHORT), job("parts", resources=TWO, **SHORT)
    ended(whole, ranks(whole))
    slurm = {"SLURM_LAUNCH_NODE_IPADDR": "127.0.0.1", "SLURM_JOB_ID": "7", "MASTER_PORT": str(free_port())}
    nodes = [start_afresh(parts, SLURM_NODEID=str(node), **slurm) for node in range(2)]
    while not reached(parts, 1):
        assert all(n.poll() is None for n in nodes), (parts / "log").read_text()
        time.sleep(0.01)
    nodes[1].send_signal(signal.SIGUSR1)  # the others hear of it
    assert [n.wait(timeout=120) for n in nodes] == [75, 75], (parts / "log").read_text()
    ended(parts, ranks(parts))
    assert digest(parts) == digest(whole)
    assert lines(whole, "log")[-1]["epoch"] == 1.0  # twice the examples a step
