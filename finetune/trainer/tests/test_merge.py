"""The merged model is what was trained, and its prompts are what it saw."""

import json
from pathlib import Path
from typing import Any

import bitsandbytes
import pytest
import torch
from conftest import Make, trainer, write_job
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

from gorod_trainer import config, data, model
from gorod_trainer.train import make_deterministic


def logits(loaded: Any, tokens: list[int]) -> torch.Tensor:
    with torch.no_grad():
        got: torch.Tensor = loaded.eval()(torch.tensor([tokens])).logits.float()
    return got


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, base: Path) -> Path:
    folder = write_job(tmp_path_factory.mktemp("trained"), base, method__kind="qlora")
    assert trainer("train", str(folder)).returncode == 0
    return folder


@pytest.mark.parametrize("merge_base", ["w16", "dequantized"])
def test_the_merged_model_answers_as_the_adapter_on_its_base(trained: Path, base: Path, merge_base: str) -> None:
    path = trained / "job.json"
    value = json.loads(path.read_text(encoding="utf-8"))
    value["export"]["merge_base"] = merge_base
    path.write_text(json.dumps(value), encoding="utf-8")
    got = trainer("merge", str(trained))
    assert got.returncode == 0, got.stderr
    run, job = trained / "run", config.load(path)
    merged = AutoModelForCausalLM.from_pretrained(run / "merged")
    assert merged.dtype == torch.bfloat16
    assert "quantization_config" not in (run / "merged" / "config.json").read_text()
    tokenizer = AutoTokenizer.from_pretrained(run / "merged")
    assert merged.config.eos_token_id == merged.generation_config.eos_token_id == tokenizer.eos_token_id

    bits4 = PeftModel.from_pretrained(
        model.load(job, str(base), model.load_tokenizer(job, str(base))[1]), run / "adapter"
    )
    plain = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    bits16 = PeftModel.from_pretrained(plain, run / "adapter")
    tokens = list(range(20, 60))
    answer = logits(merged, tokens)
    near, far = (bits16, bits4) if merge_base == "w16" else (bits4, bits16)
    close, apart = ((answer - logits(m, tokens)).abs().mean() for m in (near, far))
    assert close < apart / 2
    assert (answer - logits(AutoModelForCausalLM.from_pretrained(base), tokens)).abs().mean() > close


def test_rendered_dialogues_are_what_the_tokenizer_gives(trained: Path) -> None:
    assert trainer("merge", str(trained)).returncode == 0
    run = trained / "run"
    tokenizer = AutoTokenizer.from_pretrained(run / "merged")
    template = (run / "template.jinja").read_text(encoding="utf-8")
    assert tokenizer.chat_template == template
    rows = [json.loads(line) for line in (run / "rendered.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 32
    for full, prompt in zip(rows[::2], rows[1::2], strict=True):
        assert (full["add_generation_prompt"], prompt["add_generation_prompt"]) == (False, True)
        assert full["text"] == tokenizer.apply_chat_template(full["messages"], tokenize=False)
        asked = full["messages"][:-1]
        assert prompt["messages"] == asked
        assert prompt["text"] == tokenizer.apply_chat_template(asked, tokenize=False, add_generation_prompt=True)
        assert full["tokens"] == data.encode(tokenizer, full["messages"]).input_ids
        assert full["tokens"][: len(prompt["tokens"])] == prompt["tokens"]
        assert full["text"].startswith(prompt["text"] + full["messages"][-1]["content"])


def test_the_base_is_really_in_four_bits(trained: Path, base: Path) -> None:
    job = config.load(trained / "job.json")
    make_deterministic(job)
    loaded = model.load(job, str(base), model.load_tokenizer(job, str(base))[1])
    linears = [m for m in loaded.modules() if isinstance(m, bitsandbytes.nn.Linear4bit)]
    assert len(linears) == 2 * 7
    for m in linears:
        assert m.weight.dtype == torch.uint8
        assert m.weight.numel() == m.in_features * m.out_features // 2
        assert m.weight.quant_state.quant_type == "nf4"
        assert m.weight.quant_state.nested
    before = [m.weight.quant_state.absmax.clone() for m in linears]
    one = logits(loaded, [5, 6, 7])
    loaded.train()
    assert torch.equal(logits(loaded, [5, 6, 7]), one)
    assert all(torch.equal(a, m.weight.quant_state.absmax) for a, m in zip(before, linears, strict=True))


def test_there_is_nothing_to_merge_before_training(job: Make) -> None:
    got = trainer("merge", str(job()))
    assert got.returncode == 2
    assert "has no adapter: train first" in got.stderr
