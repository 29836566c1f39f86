"""A run goes on with what it began with, or says that it cannot."""

import json
import shutil
import signal
from pathlib import Path

import pytest
import tiny
from conftest import Make, start, trainer
from safetensors.torch import load_file, save_file

from gorod_trainer import config, inputs, model
from gorod_trainer.errors import BadInputError


def flip(path: Path) -> None:
    """Other bytes of the same size, at the same time."""
    stat = path.stat()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("о", "а", 1), encoding="utf-8")
    assert path.stat().st_size == stat.st_size
    assert path.read_text(encoding="utf-8") != text


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory, base: Path) -> Path:
    """A training that was stopped at its first checkpoint, on a base of its own."""
    from conftest import write_job

    folder = tmp_path_factory.mktemp("begun")
    shutil.copytree(base, folder / "base")
    job = write_job(folder / "job", folder / "base", training__save_every=1, training__steps=3)
    process = start(job)
    while process.poll() is None and not (job / "run" / "checkpoints" / "step-1").exists():
        pass
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=120) == 75
    return folder


def copied(begun: Path, tmp_path: Path) -> Path:
    shutil.copytree(begun, tmp_path / "copy")
    path = tmp_path / "copy" / "job" / "job.json"
    value = json.loads(path.read_text(encoding="utf-8"))
    value["base"]["model"] = str(tmp_path / "copy" / "base")
    path.write_text(json.dumps(value), encoding="utf-8")
    return path.parent


def test_a_training_does_not_go_on_with_other_examples(begun: Path, tmp_path: Path) -> None:
    folder = copied(begun, tmp_path)
    flip(folder / "data" / "train.jsonl")
    got = trainer("train", str(folder))
    assert got.returncode == 2
    assert "the dataset, or how it is made into tokens, has changed" in got.stderr


def test_a_training_does_not_go_on_with_another_base(begun: Path, tmp_path: Path) -> None:
    folder = copied(begun, tmp_path)
    shard = tmp_path / "copy" / "base" / "model.safetensors"
    weights = load_file(shard)
    save_file({name: -w for name, w in weights.items()}, shard, metadata={"format": "pt"})
    got = trainer("train", str(folder))
    assert got.returncode == 2
    assert "base.model has changed" in got.stderr


def test_what_an_older_trainer_began_goes_on_and_is_not_merged_into_another_base(begun: Path, tmp_path: Path) -> None:
    folder = copied(begun, tmp_path)
    kept = (folder / "run" / inputs.FILE).read_text(encoding="utf-8")
    (folder / "run" / inputs.FILE).unlink()
    got = trainer("train", str(folder))
    assert got.returncode == 0, got.stderr
    (folder / "run" / inputs.FILE).write_text(kept.replace('"base": "', '"base": "0'), encoding="utf-8")
    merged = trainer("merge", str(folder))
    assert merged.returncode == 2
    assert "base.model has changed" in merged.stderr


def test_a_base_is_known_by_its_weights(base: Path, job: Make, tmp_path: Path) -> None:
    same, other = tmp_path / "same", tmp_path / "other"
    shutil.copytree(base, same)
    tiny.make(other, hidden=32, layers=1)
    asked = config.load(job() / "job.json")
    assert inputs.base(asked, str(same)) == inputs.base(asked, str(base)) != inputs.base(asked, str(other))


@pytest.mark.parametrize("names", [["../a.safetensors"], [{"a": 1}], [1, "a"]])
def test_an_index_names_files_of_its_folder(tmp_path: Path, names: list[object]) -> None:
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {str(i): n for i, n in enumerate(names)}}), encoding="utf-8")
    with pytest.raises(BadInputError, match="is damaged"):
        model.check_weights(tmp_path)
