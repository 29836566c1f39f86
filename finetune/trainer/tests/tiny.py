"""A tiny random Llama with a tokenizer trained on the shipped chat: python tests/tiny.py DIR."""

import json
import sys
from pathlib import Path

CHAT = Path(__file__).parents[3] / "experiments" / "dataset-telegram" / "result.json"

SPECIAL = (
    *("<s>", "</s>", "<unk>", "[SEP]", "<|im_start|>", "<|im_end|>", "<|start_header_id|>", "<|end_header_id|>"),
    *("<|eot_id|>", "<start_of_turn>", "<end_of_turn>", "[INST]", "[/INST]", "<think>", "</think>"),
)


def texts() -> list[str]:
    """Who said what in the shipped chat, in order."""
    chats = json.loads(CHAT.read_text(encoding="utf-8"))["chats"]["list"]
    said = [m["text"] for c in chats for m in c["messages"] if m["type"] == "message"]
    return [t for t in said if isinstance(t, str) and t.strip()]


def make(folder: Path, hidden: int = 64, layers: int = 2) -> None:
    """Writes the model and its tokenizer."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=1024, special_tokens=list(SPECIAL), initial_alphabet=alphabet, show_progress=False
    )
    raw.train_from_iterator(texts(), trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=raw, bos_token="<s>", eos_token="</s>", unk_token="<unk>", clean_up_tokenization_spaces=False
    )
    tokenizer.save_pretrained(folder)
    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=hidden,
        intermediate_size=2 * hidden,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=4096,
        bos_token_id=0,
        eos_token_id=1,
        tie_word_embeddings=False,
        initializer_range=0.1,  # wide enough for adapters, which leave the head alone, to learn
    )
    LlamaForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)


def dialogues(number: int) -> list[dict[str, list[dict[str, str]]]]:
    """Talks of three messages and a system message."""
    said = texts()
    rows = []
    for i in range(number):
        a, b, c, d = (" ".join(said[(4 * i + k) % len(said)].split())[:80] or "Да" for k in range(4))
        talk = [("user", a), ("assistant", b), ("user", c), ("assistant", d)]
        system = [{"role": "system", "content": "Ты Ася."}]
        rows.append({"messages": system + [{"role": r, "content": t} for r, t in talk]})
    return rows


def write_lines(path: Path, rows: list[dict[str, list[dict[str, str]]]]) -> None:
    """Writes JSON Lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
