"""TensorBoard and MLflow are told when the job asks, and cannot stop it."""

import tomllib
from pathlib import Path
from typing import Any

import mlflow
import pytest
from conftest import ROOT, Make, lines, trainer
from mlflow.tracking import MlflowClient
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from test_train import digest

from gorod_trainer import trackers

SHORT: dict[str, Any] = {"training__steps": 4, "training__save_every": 2, "training__eval_every": 2}


@pytest.fixture(autouse=True)
def no_mlflow(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MLFLOW_RUN_ID", "MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME", *trackers.SETTINGS):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def test_tensorboard_files_are_written(job: Make) -> None:
    folder = job(training__tensorboard=True, **SHORT)
    assert trainer("train", str(folder)).returncode == 0
    found = EventAccumulator(str(folder / "run" / "tensorboard"))
    found.Reload()
    told = [(e.step, e.value) for e in found.Scalars("train/loss")]
    assert [step for step, _ in told] == [1, 2, 3, 4]
    assert [value for _, value in told] == pytest.approx([x["loss"] for x in lines(folder, "log")])
    assert [e.step for e in found.Scalars("eval/loss")] == [0, 2, 4]
    assert not (job("plain") / "run" / "tensorboard").exists()


def test_mlflow_gets_parameters_and_figures_of_one_run_however_often_it_is_resumed(job: Make, tmp_path: Path) -> None:
    uri = (tmp_path / "mlflow").as_uri()
    folder = job(training__mlflow=uri, **SHORT)
    assert trainer("train", str(folder)).returncode == 0
    (folder / "run" / "state.json").unlink()
    (folder / "run" / "checkpoints" / "step-4" / "optimizer.pt").unlink()
    assert trainer("train", str(folder)).returncode == 0
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name("tiny")
    assert experiment is not None
    (run,) = client.search_runs([experiment.experiment_id])
    assert run.info.run_name == "tiny-1"
    assert run.info.status == "FINISHED"
    assert float(run.data.params["learning_rate"]) == 0.01
    assert run.data.params["model_type"] == "llama"
    losses = [x["loss"] for x in lines(folder, "log")]
    assert [m.step for m in client.get_metric_history(run.info.run_id, "loss")] == [1, 2, 3, 4, 3, 4]
    assert run.data.metrics["loss"] == pytest.approx(losses[-1], rel=1e-3)
    assert "eval_loss" in run.data.metrics


def test_training_goes_on_without_mlflow(job: Make) -> None:
    folder, plain = job(training__mlflow="http://127.0.0.1:9/", **SHORT), job("plain", **SHORT)
    got = trainer("train", str(folder))
    assert got.returncode == 0
    assert got.stderr.count("warning: MLflow at http://127.0.0.1:9/ is told no more") == 1
    assert trainer("train", str(plain)).returncode == 0
    assert digest(folder) == digest(plain)


def test_mlflow_that_goes_away_in_between_is_told_no_more(job: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    uri = (job("store") / "mlflow").as_uri()
    said: list[int] = []

    def away(*_: Any, step: int = 0, **__: Any) -> None:
        said.append(step)
        if step > 1:
            raise mlflow.MlflowException("the server has gone")

    monkeypatch.setattr(mlflow, "log_metrics", away)
    got = trainer("train", str(job(training__mlflow=uri, **SHORT)))
    assert got.returncode == 0
    assert got.stderr.count("is told no more: the server has gone") == 1
    assert said == [0, 1, 2]
    mlflow.end_run()


@pytest.mark.parametrize(("field", "value"), [("tensorboard", True), ("mlflow", "http://x")])
def test_a_package_that_is_not_there_is_named_with_the_command(
    job: Make, monkeypatch: pytest.MonkeyPatch, field: str, value: Any
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    folder = job(**{f"training__{field}": value})
    for command in ("train", "check"):
        got = trainer(command, str(folder))
        assert got.returncode == 2
        assert f"-m pip install {trackers.PACKAGES[field]}" in got.stderr


def test_the_packages_are_pinned_alike_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    assert {name: [pin] for name, pin in trackers.PACKAGES.items()} == {k: optional[k] for k in trackers.PACKAGES}
    head = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()[0]
    assert all(pin in head for pin in trackers.PACKAGES.values())
