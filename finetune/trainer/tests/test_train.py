"""Training runs as it is run: by the command line, in a process of its own."""

import hashlib
import json
import random
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

from conftest import Make, lines, method, start, start_afresh, trainer
from safetensors import safe_open


def digest(folder: Path) -> str:
    return hashlib.sha256((folder / "run" / "adapter" / "adapter_model.safetensors").read_bytes()).hexdigest()


def state(folder: Path) -> dict[str, object]:
    value: dict[str, object] = json.loads((folder / "run" / "state.json").read_text(encoding="utf-8"))
    return value


def interrupt(folder: Path, number: int, when: Callable[[], bool]) -> int:
    process = start(folder)
    while process.poll() is None and not when():
        time.sleep(0.005)
    process.send_signal(number)
    return process.wait(timeout=120)


def reached(folder: Path, step: int) -> bool:
    return any(x["event"] == "log" and x["step"] >= step for x in lines(folder))


def test_held_out_loss_falls_and_the_run_is_told_of(whole: Path) -> None:
    report = json.loads((whole / "run" / "report.json").read_text(encoding="utf-8"))
    assert report["eval_loss"] < report["eval_loss_before"] - 0.1
    assert report["eval_loss_before"] == lines(whole, "eval")[0]["eval_loss"]
    assert [x["step"] for x in lines(whole, "log")] == list(range(1, 13))
    assert {x["of"] for x in lines(whole, "log")} == {12}
    assert all(x["tokens_per_second"] > 0 and x["memory_gb"] > 0 and x["lr"] >= 0 for x in lines(whole, "log"))
    assert [x["step"] for x in lines(whole, "eval")] == [0, 6, 12]
    assert [x["step"] for x in lines(whole, "save")] == [4, 8, 12]
    assert lines(whole)[0]["event"] == "start"
    assert lines(whole)[-1]["event"] == "done"
    assert state(whole) == {"state": "done", "step": 12, "restarts": 0}
    kept = sorted(p.name for p in (whole / "run" / "checkpoints").iterdir())
    assert kept == ["step-12", "step-8"]
    with safe_open(whole / "run" / "adapter" / "adapter_model.safetensors", "pt") as f:
        assert len(list(f.keys())) == 2 * 7 * 2
    told = len(lines(whole))
    assert trainer("train", str(whole)).returncode == 0
    assert len(lines(whole)) == told, "a run that is done was trained again"


def test_a_run_that_is_stopped_twice_ends_with_the_same_adapter(whole: Path, job: Make) -> None:
    parts = job(method__kind=method(whole))
    first, second = random.randint(1, 4), random.randint(6, 9)
    assert interrupt(parts, signal.SIGUSR1, lambda: reached(parts, first)) == 75
    stopped = state(parts)
    assert stopped["state"] == "checkpointed"
    assert (parts / "run" / "checkpoints" / f"step-{stopped['step']}").is_dir()
    assert interrupt(parts, signal.SIGTERM, lambda: reached(parts, second)) == 75
    assert trainer("train", str(parts)).returncode == 0
    assert state(parts)["restarts"] == 2
    assert lines(parts, "resume")[0]["step"] == stopped["step"]
    assert digest(parts) == digest(whole), f"stopped at {first} and {second}"


def test_killed_while_it_writes_a_checkpoint_it_loses_the_steps_since_the_last_one(whole: Path, job: Make) -> None:
    killed = job(method__kind=method(whole))
    beside = killed / "run" / "checkpoints" / ".step-8.tmp"
    assert interrupt(killed, signal.SIGKILL, beside.exists) == -signal.SIGKILL
    assert beside.exists(), "the write was over before the kill"
    assert trainer("train", str(killed)).returncode == 0
    assert [x["step"] for x in lines(killed, "resume")] == [4]
    assert not beside.exists()
    assert digest(killed) == digest(whole)


def test_a_start_that_was_given_up_leaves_off_when_a_later_one_is_at_work(whole: Path, job: Make) -> None:
    folder = job(method__kind=method(whole))
    first = start(folder)
    while not reached(folder, 5):
        time.sleep(0.005)
    first.send_signal(signal.SIGSTOP)
    step = state(folder)["step"]
    second = start(folder)
    while not lines(folder, "resume"):
        time.sleep(0.005)
    first.send_signal(signal.SIGCONT)
    assert first.wait(timeout=120) == 1
    assert "a later start" in (folder / "log").read_text(encoding="utf-8")
    assert second.wait(timeout=120) == 0
    assert step == 4
    assert state(folder) == {"state": "done", "step": 12, "restarts": 1}
    assert digest(folder) == digest(whole)


def test_a_damaged_checkpoint_is_passed_over(whole: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(whole, damaged)
    (damaged / "run" / "state.json").unlink()
    (damaged / "run" / "checkpoints" / "step-12" / "optimizer.pt").write_bytes(b"half")
    shutil.rmtree(damaged / "run" / "adapter")
    assert trainer("train", str(damaged)).returncode == 0
    assert [x["step"] for x in lines(damaged, "resume")] == [8]
    assert digest(damaged) == digest(whole)


def test_a_signal_before_the_first_step_loses_nothing(job: Make) -> None:
    folder = job(training__steps=3)
    assert interrupt(folder, signal.SIGUSR1, lambda: bool(lines(folder, "start"))) == 75
    assert trainer("train", str(folder)).returncode == 0


def test_a_signal_while_the_libraries_are_loaded_is_heard(job: Make) -> None:
    folder = job(training__steps=3)
    process = start_afresh(folder)
    while "libtorch_cpu" not in Path(f"/proc/{process.pid}/maps").read_text():
        assert process.poll() is None, (folder / "log").read_text()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=120) == 75
    assert state(folder)["state"] == "checkpointed"


def test_another_seed_gives_another_adapter(job: Make) -> None:
    one, two = job("one", training__steps=2), job("two", training__steps=2, training__seed=2)
    for folder in (one, two):
        assert trainer("train", str(folder)).returncode == 0
    assert digest(one) != digest(two)


def test_it_stops_early_when_nothing_gets_better(job: Make) -> None:
    folder = job(training__lr=1e-12, training__eval_every=1, training__early_stop=2, training__warmup=0.0)
    assert trainer("train", str(folder)).returncode == 0
    assert state(folder)["state"] == "done"
    assert lines(folder, "done")[0]["step"] < 12
