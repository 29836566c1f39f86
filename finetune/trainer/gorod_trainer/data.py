"""Dialogues: read from JSON Lines or Parquet, and made into tokens and labels."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gorod_trainer.config import Job
from gorod_trainer.errors import BadInputError

Message = dict[str, str]
Dialogue = list[Message]
Exchange = dict[str, Any]

IGNORED = -100
_ROLES = ("system", "user", "assistant")


def locate(folder: Path, job: Job, split: str) -> Path:
    """The file of a split: beside the job, beside its sweep, or where the dataset is."""
    found, looked = _search(folder, job, split)
    if found is None:
        raise BadInputError(f"no data of split {split!r}: looked for {', '.join(map(str, looked))}")
    return found


def splits(folder: Path, job: Job) -> dict[str, list[Dialogue]]:
    """The dialogues that are trained on and, where there are any, those that are held out."""
    wanted = {"train": job.dataset.train}
    if job.dataset.validation and _search(folder, job, job.dataset.validation)[0]:
        wanted["validation"] = job.dataset.validation
    found = {key: _split(folder, job, name) for key, name in wanted.items()}
    return {key: dialogues for key, dialogues in found.items() if dialogues or key == "train"}


def _split(folder: Path, job: Job, name: str) -> list[Dialogue]:
    path = locate(folder, job, name)
    if not job.dataset.retrieved:
        return read(path, name, job.dataset.limit)
    tables = [p for p in _search(folder, job, name)[1] if p.suffix == ".parquet" and p.is_file()]
    if not tables:
        raise BadInputError(f"dataset.retrieved: what was retrieved stands in Parquet, and beside {path} there is none")
    return [_remember(d, r) for d, r in _beside(path, tables[0], name, job.dataset.limit)]


def _beside(path: Path, table: Path, split: str, limit: int) -> Iterator[tuple[Dialogue, list[Exchange]]]:
    """Dialogues with what was retrieved for them; the n-th line of a split is the n-th row of it."""
    dialogues = read(path if path.suffix == ".jsonl" else table, split, limit)
    rows = list(itertools.islice(_rows(table, split, ("turns", "retrieved")), limit or None))
    differ = f"{path} and {table} hold different examples: build the dataset again"
    if len(rows) != len(dialogues):
        raise BadInputError(differ)
    for dialogue, (_, row) in zip(dialogues, rows, strict=True):
        if not dialogue[-1]["content"].endswith(row["turns"][-1]["text"].strip()):
            raise BadInputError(differ)
        yield dialogue, row["retrieved"] or []


def _remember(messages: Dialogue, retrieved: list[Exchange]) -> Dialogue:
    """Puts exchanges into the system message, as gorod finetune chat does."""
    if not retrieved:
        return messages
    told, rest = (messages[0]["content"], messages[1:]) if messages[0]["role"] == "system" else ("", messages)
    texts = [told, *(f"{r['turn']}\n→ {r['reply']}" for r in retrieved)]
    return [{"role": "system", "content": "\n\n".join(t for t in texts if t).strip()}, *rest]


def _search(folder: Path, job: Job, split: str) -> tuple[Path | None, list[Path]]:
    source = Path(job.dataset.path)
    name = {job.dataset.train: "train", job.dataset.validation: "validation"}.get(split, split)
    beside = (folder / "data", folder.parent / "data")
    candidates = [f / f"{name}{ending}" for f in beside for ending in (".jsonl", ".parquet")]
    if source.suffix == ".parquet" or (source.suffix == ".jsonl" and name == "train"):
        candidates.append(source)
    elif source.suffix != ".jsonl":
        # The lines have the system message of the dataset; the launcher takes them first, too.
        candidates += [source / "messages" / f"{split}.jsonl", source / f"{split}.jsonl"]
        candidates += [source / "data" / f"{split}.parquet", source / f"{split}.parquet"]
    return next((p for p in candidates if p.is_file()), None), candidates


def read(path: Path, split: str, limit: int = 0) -> list[Dialogue]:
    """The dialogues of a file; the last message of each is a reply."""
    source = _parquet(path, split) if path.suffix == ".parquet" else _lines(path)
    found: list[Dialogue] = []
    for where, messages in source:
        found.append(_check(messages, where))
        if len(found) == limit:
            break
    return found


def _lines(path: Path) -> Iterator[tuple[str, Any]]:
    try:
        with path.open(encoding="utf-8") as f:
            for number, line in enumerate(f, 1):
                if not line.strip():
                    continue
                where = f"{path}:{number}"
                try:
                    row = json.loads(line)
                except ValueError as e:
                    raise BadInputError(f"{where}: no JSON: {e}") from e
                if not isinstance(row, dict) or "messages" not in row:
                    raise BadInputError(f'{where}: must be {{"messages": [...]}}')
                yield where, row["messages"]
    except (OSError, UnicodeDecodeError) as e:
        raise BadInputError(f"{path} cannot be read: {e}") from e


def _parquet(path: Path, split: str) -> Iterator[tuple[str, Any]]:
    for where, row in _rows(path, split, ("turns",)):
        yield where, _turns(row["turns"])


def _rows(path: Path, split: str, columns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    import pyarrow
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(path)
        names = file.schema_arrow.names
        for name in columns:
            if name not in names:
                raise BadInputError(f"{path} has no column {name}, only {', '.join(names)}")
        number = 0
        for batch in file.iter_batches(columns=[n for n in ("split", *columns) if n in names]):
            for row in batch.to_pylist():
                number += 1
                if row.get("split", split) == split:
                    yield f"{path}: row {number}", row
    except (pyarrow.ArrowException, OSError) as e:
        raise BadInputError(f"{path} cannot be read: {e}") from e


def _turns(turns: list[dict[str, Any]]) -> Dialogue:
    """Joins what one side says without the other in between: templates want them to take turns."""
    several = len({t["speaker"] for t in turns if t["role"] == "user"}) > 1
    said: Dialogue = []
    for t in turns:
        text = f"{t['speaker']}: {t['text']}" if several and t["role"] == "user" else t["text"]
        if said and said[-1]["role"] == t["role"]:
            said[-1]["content"] += "\n" + text
        else:
            said.append({"role": t["role"], "content": text})
    return said


def _check(messages: Any, where: str) -> Dialogue:
    if not isinstance(messages, list) or not messages:
        raise BadInputError(f"{where}: messages must be a list with something in it")
    cleaned: Dialogue = []
    for i, m in enumerate(messages):
        if not isinstance(m, dict) or m.get("role") not in _ROLES or not isinstance(m.get("content"), str):
            raise BadInputError(f"{where}: message {i} must have a role ({', '.join(_ROLES)}) and a content")
        if m["role"] == "system" and i > 0:
            raise BadInputError(f"{where}: message {i} is a system message; only the first may be")
        # White space at the edges would melt into tokens of the template.
        cleaned.append({"role": m["role"], "content": m["content"].strip()})
    if cleaned[-1]["role"] != "assistant" or not cleaned[-1]["content"]:
        raise BadInputError(f"{where}: the last message must be a reply of the assistant with something in it")
    return cleaned


@dataclass(frozen=True)
class Example:
    """A dialogue as the model sees it."""

    messages: Dialogue
    input_ids: list[int]
    labels: list[int]


def encode(tokenizer: Any, messages: Dialogue, assistant_only: bool = True) -> Example:
    """Tokens of a whole dialogue; labels are ignored outside of replies."""
    got = tokenizer.apply_chat_template(
        messages, tokenize=True, return_dict=True, return_assistant_tokens_mask=assistant_only
    )
    ids = list(got["input_ids"])
    mask = got["assistant_masks"] if assistant_only else [1] * len(ids)
    return Example(messages, ids, [t if m else IGNORED for t, m in zip(ids, mask, strict=True)])


def fit(tokenizer: Any, messages: Dialogue, max_length: int, assistant_only: bool = True) -> Example | None:
    """Drops the oldest turns, then the system message, until it fits; None if the reply alone does not."""
    while True:
        example = encode(tokenizer, messages, assistant_only)
        if len(example.input_ids) <= max_length:
            return example
        system = messages[0]["role"] == "system"
        rest = messages[1:] if system else messages
        if len(rest) > 1:
            messages = messages[:1] * system + rest[1:]
        elif system:
            messages = rest
        else:
            return None


def examples(tokenizer: Any, dialogues: list[Dialogue], job: Job, split: str) -> list[Example]:
    """All dialogues of a split that fit."""
    t = job.training
    fitted = [fit(tokenizer, d, t.max_length, t.assistant_only_loss) for d in dialogues]
    kept = [e for e in fitted if e is not None]
    if not kept:
        why = f"none of {len(dialogues)} replies fits into training.max_length: {t.max_length} tokens"
        raise BadInputError(f"split {split!r}: {why if dialogues else 'there are no examples'}")
    return kept


def dataset(kept: list[Example]) -> Any:
    """The examples as a dataset that needs no further preparation."""
    from datasets import Dataset

    return Dataset.from_dict({"input_ids": [e.input_ids for e in kept], "labels": [e.labels for e in kept]})
