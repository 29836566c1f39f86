from pathlib import Path

import generate


def contents(folder: Path) -> dict[str, str]:
    files = [p for p in folder.rglob("*") if p.suffix in (".py", ".pyi")]
    return {str(p.relative_to(folder)): p.read_text(encoding="utf-8") for p in files}


def test_generated_code_is_what_the_contracts_give(tmp_path: Path) -> None:
    generate.generate(tmp_path)
    assert contents(generate.OUT) == contents(tmp_path), "run `python tools/generate.py` and commit what it writes"
