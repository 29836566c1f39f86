"""Data as gorod writes it, and what is wrong with it otherwise."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from conftest import ROOT, Make, trainer

from gorod_trainer import config, data
from gorod_trainer.errors import BadInputError

USER = {"role": "user", "content": " Привет\n"}
REPLY = {"role": "assistant", "content": "Ага"}


def parquet(path: Path, rows: list[tuple[str, list[tuple[str, str, str]]]]) -> None:
    table = pyarrow.table(
        {
            "split": [split for split, _ in rows],
            "turns": [[{"role": r, "speaker": s, "text": t} for r, s, t in turns] for _, turns in rows],
        }
    )
    pyarrow.parquet.write_table(table, path)


def test_turns_of_a_parquet_file_become_messages(tmp_path: Path) -> None:
    path = tmp_path / "all.parquet"
    talk = [("user", "P2", "Привет"), ("user", "P2", "Ты где?"), ("assistant", "P1", "Дома")]
    many = [("user", "P2", "Привет"), ("user", "P3", "И я"), ("assistant", "P1", "Ага"), ("assistant", "P1", "Ёж")]
    parquet(path, [("train", talk), ("test", talk), ("train", many)])
    assert data.read(path, "train") == [
        [{"role": "user", "content": "Привет\nТы где?"}, {"role": "assistant", "content": "Дома"}],
        [{"role": "user", "content": "P2: Привет\nP3: И я"}, {"role": "assistant", "content": "Ага\nЁж"}],
    ]
    assert len(data.read(path, "train", limit=1)) == 1


def test_lines_are_read_with_edges_stripped(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text('{"messages":[{"role":"user","content":" Ё\\n"},{"role":"assistant","content":"Да"}]}\n\n')
    assert data.read(path, "train") == [[{"role": "user", "content": "Ё"}, {"role": "assistant", "content": "Да"}]]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", ":1: no JSON"),
        ("[]", ":1: must be"),
        ('\n{"messages": []}', ":2: messages must be"),
        ('{"messages": [{"role": "robot", "content": "x"}]}', "message 0 must have a role"),
        ('{"messages": [{"role": "user", "content": null}]}', "message 0 must have a role"),
        ('{"messages": [{"role": "user", "content": "x"}]}', "the last message"),
        ('{"messages": [{"role": "assistant", "content": " "}]}', "the last message"),
        (
            '{"messages": [{"role": "user", "content": "x"}, {"role": "system", "content": "x"}]}',
            "message 1 is a system",
        ),
    ],
)
def test_bad_lines_are_told_with_their_number(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInputError, match=why):
        data.read(path, "train")


def test_a_task_of_a_sweep_finds_the_data_of_all(job: Make) -> None:
    folder = job()
    task = folder / "task-000"
    task.mkdir()
    read = config.load(folder / "job.json")
    assert data.locate(task, read, "train") == folder / "data" / "train.jsonl"
    assert {k: len(v) for k, v in data.splits(task, read).items()} == {"train": 64, "validation": 16}
    (folder / "data" / "validation.jsonl").unlink()
    assert list(data.splits(task, read)) == ["train"]


def test_one_file_has_the_splits_that_it_says(tmp_path: Path, job: Make) -> None:
    talk = [("user", "P2", "Привет"), ("assistant", "P1", "Дома")]
    everything = tmp_path / "all.parquet"
    parquet(everything, [("train", talk), ("train", talk)])
    folder = job(dataset__path=str(everything))
    shutil.rmtree(folder / "data")
    read = config.load(folder / "job.json")
    assert {k: len(v) for k, v in data.splits(folder, read).items()} == {"train": 2}
    parquet(everything, [("train", talk), ("validation", talk), ("test", talk)])
    assert {k: len(v) for k, v in data.splits(folder, read).items()} == {"train": 1, "validation": 1}


def test_files_that_are_no_data(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1 or not")
    with pytest.raises(BadInputError, match=r"x\.parquet cannot be read"):
        data.read(path, "train")
    pyarrow.parquet.write_table(pyarrow.table({"text": ["x"]}), path)
    with pytest.raises(BadInputError, match="no column turns"):
        data.read(path, "train")
    lines = tmp_path / "x.jsonl"
    lines.write_bytes(b'{"messages": "\xff"}')
    with pytest.raises(BadInputError, match=r"x\.jsonl cannot be read"):
        data.read(lines, "train")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset of the shipped recipe, as gorod builds it."""
    folder = tmp_path_factory.mktemp("built") / "dataset"
    recipe = "experiments/dataset-telegram.yaml"
    command = ["go", "run", "./cmd/gorod", "dataset", "build", recipe, "--out", str(folder)]
    got = subprocess.run(command, cwd=ROOT.parents[1], capture_output=True, text=True, check=False)
    assert got.returncode == 0, got.stderr
    return folder


def of(job: Make, name: str, folder: Path, retrieved: bool) -> dict[str, list[data.Dialogue]]:
    made = job(name, dataset={"path": str(folder), "retrieved": retrieved})
    shutil.rmtree(made / "data")
    return data.splits(made, config.load(made / "job.json"))


def memories(row: dict[str, Any]) -> list[str]:
    return [f"{r['turn']}\n→ {r['reply']}" for r in row["retrieved"]]


def test_what_was_retrieved_comes_from_the_parquet_that_gorod_writes(built: Path, job: Make, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    shutil.copytree(built / "data", alone / "data")
    plain, told = of(job, "plain", alone, False), of(job, "told", alone, True)
    for split in ("train", "validation"):
        rows = pyarrow.parquet.read_table(built / "data" / f"{split}.parquet").to_pylist()
        assert len(rows) == len(plain[split]) == len(told[split]) > 10
        assert any(row["retrieved"] for row in rows)
        for row, before, after in zip(rows, plain[split], told[split], strict=True):
            system = [{"role": "system", "content": "\n\n".join(memories(row))}] if row["retrieved"] else []
            assert after == system + before


def test_what_was_retrieved_follows_the_system_message_of_the_lines_that_gorod_writes(built: Path, job: Make) -> None:
    plain, told = of(job, "plain", built, False), of(job, "told", built, True)
    rows = pyarrow.parquet.read_table(built / "data" / "train.parquet").to_pylist()
    assert len(rows) == len(told["train"])
    for row, before, after in zip(rows, plain["train"], told["train"], strict=True):
        assert before[0]["role"] == "system"
        assert before[0]["content"].startswith("Ты — Ася Климова")
        assert after[0]["content"] == "\n\n".join([before[0]["content"], *memories(row)])
        assert after[1:] == before[1:]


def test_a_job_learns_with_what_was_retrieved(built: Path, job: Make) -> None:
    short = {
        "training__steps": 1,
        "training__max_length": 512,
        "dataset": {"path": "data", "retrieved": True, "limit": 8},
    }
    folder = job(**short)
    for split in ("train", "validation"):  # as a job is laid out: both files beside it
        shutil.copy(built / "messages" / f"{split}.jsonl", folder / "data")
        shutil.copy(built / "data" / f"{split}.parquet", folder / "data")
    assert trainer("train", str(folder)).returncode == 0
    assert trainer("merge", str(folder)).returncode == 0
    rendered = [json.loads(x) for x in (folder / "run" / "rendered.jsonl").read_text(encoding="utf-8").splitlines()]
    rows = pyarrow.parquet.read_table(built / "data" / "validation.parquet").to_pylist()[:8]
    assert any(m in r["text"] for row in rows for m in memories(row) for r in rendered)


def test_what_was_not_retrieved_cannot_be_asked_for(built: Path, job: Make, tmp_path: Path) -> None:
    lines = tmp_path / "lines"
    (lines / "messages").mkdir(parents=True)
    shutil.copy(built / "messages" / "train.jsonl", lines / "messages")
    with pytest.raises(BadInputError, match=r"dataset.retrieved: .*there is none"):
        of(job, "lines", lines, True)
    table = pyarrow.parquet.read_table(built / "data" / "train.parquet")
    (lines / "data").mkdir()
    pyarrow.parquet.write_table(table.slice(1), lines / "data" / "train.parquet")
    with pytest.raises(BadInputError, match="hold different examples"):
        of(job, "fewer", lines, True)
    shuffled = pyarrow.concat_tables([table.slice(1), table.slice(0, 1)])
    pyarrow.parquet.write_table(shuffled, lines / "data" / "train.parquet")
    with pytest.raises(BadInputError, match="hold different examples"):
        of(job, "shuffled", lines, True)
    pyarrow.parquet.write_table(table.drop(["retrieved"]), lines / "data" / "train.parquet")
    with pytest.raises(BadInputError, match="no column retrieved"):
        of(job, "without", lines, True)
