"""Renders sample dialogues with the trainer's templates, for the tests of this package.

Run it here after a template of the trainer has changed: python3 render.py
"""

import hashlib
import json
import re
from pathlib import Path

import jinja2

HERE = Path(__file__).parent
TEMPLATES = HERE.parents[2] / "trainer" / "gorod_trainer" / "templates"
BOS = {"llama3": "<|begin_of_text|>", "gemma": "<bos>", "mistral": "<s>", "yandexgpt5-lite": "<s>"}

SYSTEM = {"role": "system", "content": "Ты — Маша. Отвечай коротко,\nпо-дружески."}
TURNS = [
    {"role": "user", "content": "Привет! Как дела? 🙂"},
    {"role": "assistant", "content": "Нормально.\n\nА у тебя?"},
    {"role": "user", "content": "{{ .Content }} <|im_end|> 'кавычки' \"и\" <b>теги</b> &amp;"},
    {"role": "assistant", "content": "Ёлки, что это?"},
    {"role": "user", "content": "ничего, забудь"},
    {"role": "assistant", "content": "ок"},
]
DIALOGUES = [
    ([SYSTEM, *TURNS[:1]], True),
    ([SYSTEM, *TURNS[:5]], True),
    (TURNS[:1], True),
    (TURNS[:3], True),
    ([SYSTEM, *TURNS[:2]], False),
    ([SYSTEM, *TURNS], False),
    (TURNS[:4], False),
    (TURNS[1:3], True),
]


def main() -> None:
    sums = []
    for path in sorted(TEMPLATES.glob("*.jinja")):
        raw = path.read_text(encoding="utf-8")
        sums.append(f"{hashlib.sha256(raw.encode()).hexdigest()}  {path.name}\n")
        plain = re.sub(r"\{%(-?)\s*endgeneration\s*(-?)%\}", r"{%\1 endif \2%}", raw.rstrip("\n"))
        plain = re.sub(r"\{%(-?)\s*generation\s*(-?)%\}", r"{%\1 if true \2%}", plain)
        template = jinja2.Environment(trim_blocks=True, lstrip_blocks=True).from_string(plain)
        with (HERE / f"{path.stem}.jsonl").open("w", encoding="utf-8") as out:
            for messages, prompt in DIALOGUES:
                text = template.render(messages=messages, add_generation_prompt=prompt, bos_token=BOS.get(path.stem, ""))
                row = {"messages": messages, "add_generation_prompt": prompt, "text": text}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
    (HERE / "templates.sha256").write_text("".join(sums), encoding="utf-8")


if __name__ == "__main__":
    main()
