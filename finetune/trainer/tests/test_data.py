"""Data as gorod writes it, and what is wrong with it otherwise."""

import shutil
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from conftest import Make

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
