"""TensorBoard and MLflow, where the job asks for them; neither can stop a training."""

import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from transformers.integrations import MLflowCallback

from gorod_trainer.checkpoint import write_text
from gorod_trainer.config import Job
from gorod_trainer.errors import BadInputError

# What pyproject.toml has as optional dependencies.
PACKAGES = {"tensorboard": "tensorboard==2.21.0", "mlflow": "mlflow-skinny==3.17.2"}
# MLflow tries again for minutes, while the GPUs wait; and who names a folder means it.
SETTINGS = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_ALLOW_FILE_STORE": "true",
}


def check(job: Job) -> None:
    """Names the packages that a job wants and that are not there."""
    wanted = {"tensorboard": job.training.tensorboard, "mlflow": bool(job.training.mlflow)}
    for name, asked in wanted.items():
        if asked and importlib.util.find_spec(name) is None:
            raise BadInputError(
                f"training.{name} needs a package that {sys.executable} lacks: "
                f"{sys.executable} -m pip install {PACKAGES[name]}"
            )


class MLflow(MLflowCallback):
    """Goes on with the run of MLflow that a resumed job began, and without MLflow when it fails."""

    def __init__(self, job: Job, run: Path) -> None:
        for name, value in SETTINGS.items():
            os.environ.setdefault(name, value)
        os.environ["MLFLOW_TRACKING_URI"] = job.training.mlflow
        os.environ.setdefault("MLFLOW_EXPERIMENT_NAME", job.name or "gorod")
        self._file, self._lost, self._job = run / "mlflow-run", False, job
        os.environ.pop("MLFLOW_RUN_ID", None)
        if self._file.is_file():
            os.environ["MLFLOW_RUN_ID"] = self._file.read_text(encoding="utf-8")
        super().__init__()
        self._ml_flow.set_tracking_uri(job.training.mlflow)

    def setup(self, args: Any, state: Any, model: Any) -> None:
        """Begins a run, or goes on with one."""
        args.run_name = self._job.id or self._job.name
        super().setup(args, state, model)
        if state.is_world_process_zero:
            write_text(self._file, self._ml_flow.active_run().info.run_id)
        self._async_log = False  # what fails is to be heard of here

    def on_train_begin(self, *args: Any, **values: Any) -> None:
        """Tells the parameters."""
        self._try(super().on_train_begin, *args, **values)

    def on_log(self, *args: Any, **values: Any) -> None:
        """Tells a line of figures."""
        self._try(super().on_log, *args, **values)

    def on_train_end(self, *args: Any, **values: Any) -> None:
        """Ends the run."""
        self._try(super().on_train_end, *args, **values)

    def _try(self, tell: Callable[..., None], *args: Any, **values: Any) -> None:
        if self._lost:
            return
        try:
            tell(*args, **values)
        except Exception as e:  # a server that is away is no reason to stop
            self._lost, self._auto_end_run = True, False
            uri = self._job.training.mlflow
            print(f"gorod_trainer: warning: MLflow at {uri} is told no more: {e}", file=sys.stderr, flush=True)


def callbacks(job: Job, run: Path, lead: bool) -> list[Any]:
    """Those that tell MLflow, from the first process."""
    return [MLflow(job, run)] if job.training.mlflow and lead else []
