"""Several processes train together: as copies (DDP), with the model spread over them (FSDP), on several nodes."""

import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from child import Child, shard
from conftest import Make, free_port, lines, method, ranks, start_afresh, trainer, write_job
from safetensors.torch import load_file
from test_train import digest, reached

TWO = {"gpus": 0, "cpus": 1, "nodes": 2}
SHORT: dict[str, Any] = {"training__steps": 3, "training__save_every": 9, "dataset__validation": ""}
PLAIN: dict[str, Any] = {**SHORT, "training__steps": 2, "training__save_every": 1, "method__dropout": 0}


def ended(folder: Path, processes: list[Child]) -> None:
    codes = [p.wait(timeout=120) for p in processes]
    assert codes == [0, 0], (folder / "log").read_text()


def losses(folder: Path) -> list[float]:
    return [x["loss"] for x in lines(folder, "log")]


def adapter(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "run" / "adapter" / "adapter_model.safetensors")


@pytest.fixture(scope="module", params=["lora", "qlora"])
def single(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, base: Path) -> Path:
    """One process with batches of what two have together."""
    folder = tmp_path_factory.mktemp("single")
    write_job(folder, base, **PLAIN, training__batch=8, method__kind=request.param)
    assert trainer("train", str(folder)).returncode == 0
    return folder


def same(one: Path, two: Path) -> None:
    """Asserts that adapters differ by rounding at most."""
    a, b = adapter(one), adapter(two)
    assert {k: v.shape for k, v in a.items()} == {k: v.shape for k, v in b.items()}
    assert {v.dtype for v in b.values()} == {torch.float32}
    for name, weights in a.items():
        torch.testing.assert_close(b[name], weights, rtol=0.05, atol=2e-3)


def test_two_copies_learn_what_one_process_does(single: Path, job: Make) -> None:
    folder = job(resources=TWO, method__kind=method(single), **PLAIN)
    ended(folder, ranks(folder))
    assert losses(folder) == pytest.approx(losses(single), rel=1e-3)
    same(single, folder)
    assert [x["step"] for x in lines(folder, "save")] == [1, 2]


def test_a_model_that_is_spread_learns_what_one_process_does_and_goes_on_exactly(single: Path, job: Make) -> None:
    spread = job(resources=TWO, method__kind=method(single), **PLAIN)
    ended(spread, ranks(spread, shard))
    assert losses(spread) == pytest.approx(losses(single), rel=1e-3)
    same(single, spread)
    whole = digest(spread)
    shutil.rmtree(spread / "run" / "adapter")
    shutil.rmtree(spread / "run" / "checkpoints" / "step-2")
    (spread / "run" / "state.json").unlink()
    ended(spread, ranks(spread, shard))
    assert [x["step"] for x in lines(spread, "resume")] == [1]
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
    assert lines(whole, "log")[-1]["epoch"] == 0.75  # twice the examples a step
