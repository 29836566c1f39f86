"""The adapter merged into the base, with proof of how dialogues look to it."""

import json
from pathlib import Path
from typing import Any

from gorod_trainer import checkpoint, data, inputs, model
from gorod_trainer.config import Job
from gorod_trainer.errors import BadInputError

SAMPLES = 16
_SHARD = "5GB"


def rendered(tokenizer: Any, dialogues: list[data.Dialogue], job: Job) -> list[dict[str, Any]]:
    """Dialogues as training saw them, each followed by its prompt as it is at inference."""
    rows: list[dict[str, Any]] = []
    for d in dialogues:
        example = data.fit(tokenizer, d, job.training.max_length, job.training.assistant_only_loss)
        if example is None:
            continue
        for messages, prompt in ((example.messages, False), (example.messages[:-1], True)):
            if not messages:
                continue
            text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=prompt)
            tokens = tokenizer(text, add_special_tokens=False)["input_ids"]
            rows.append({"messages": messages, "add_generation_prompt": prompt, "text": text, "tokens": tokens})
    return rows


def merge(folder: Path, job: Job) -> None:
    """Writes run/merged, run/template.jinja and run/rendered.jsonl."""
    from peft import PeftModel
    from safetensors import SafetensorError

    run = folder / "run"
    adapter = run / "adapter"
    if not (adapter / "adapter_config.json").is_file():
        raise BadInputError(f"{adapter} has no adapter: train first")
    model.check_shard(adapter / "adapter_model.safetensors")
    name = model.locate(job)
    inputs.check(run, {"base": inputs.base(job, name)})
    tokenizer, _ = model.load_tokenizer(job, name)
    found = data.splits(folder, job)
    dialogues = found.get("validation", found["train"])[:SAMPLES]
    base = model.load_for_merge(job, name)
    try:
        merged = PeftModel.from_pretrained(base, str(adapter), autocast_adapter_dtype=True)
        merged = merged.merge_and_unload(safe_merge=True)
    except (SafetensorError, ValueError) as e:
        raise BadInputError(f"{adapter} cannot be merged: {e}") from e
    _stop_at(merged, tokenizer)
    with checkpoint.whole(run / "merged") as beside:
        merged.save_pretrained(beside, max_shard_size=_SHARD)
        tokenizer.save_pretrained(beside)
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rendered(tokenizer, dialogues, job)]
    checkpoint.write_text(run / "template.jinja", tokenizer.chat_template)
    checkpoint.write_text(run / "rendered.jsonl", "".join(lines))


def _stop_at(merged: Any, tokenizer: Any) -> None:
    """The end token of the template ends a reply, whatever ended the base's."""
    merged.config.eos_token_id = tokenizer.eos_token_id
    merged.generation_config.eos_token_id = tokenizer.eos_token_id
    merged.config.pad_token_id = merged.generation_config.pad_token_id = tokenizer.pad_token_id
