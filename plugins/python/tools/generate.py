"""Generates gorod_plugin/_proto from the wire contracts: `python tools/generate.py`."""

from __future__ import annotations

import re
import sys
from importlib import resources
from pathlib import Path

from grpc_tools import protoc

HERE = Path(__file__).resolve().parent.parent
CONTRACTS = HERE.parent / "proto"
OWN = HERE / "proto"
OUT = HERE / "src" / "gorod_plugin" / "_proto"


def generate(out: Path) -> None:
    """Writes the modules and their stubs into a folder."""
    includes = [CONTRACTS, OWN, Path(str(resources.files("grpc_tools") / "_proto"))]
    files = [str(p.relative_to(root)) for root in includes[:2] for p in sorted(root.rglob("*.proto"))]
    args = [*(f"-I{i}" for i in includes), f"--python_out={out}", f"--pyi_out={out}", *files]
    if protoc.main(["protoc", *args]) != 0:
        sys.exit("protoc failed")
    for module in [*out.rglob("*_pb2.py"), *out.rglob("*_pb2.pyi")]:
        text = module.read_text(encoding="utf-8")
        # The modules live within this package, not at the top of the path.
        text = re.sub(r"^from (gorod[\w.]*) import", r"from gorod_plugin._proto.\1 import", text, flags=re.M)
        module.write_text(text, encoding="utf-8")
    for folder in [out, *(p for p in out.rglob("*") if p.is_dir() and p.name != "__pycache__")]:
        (folder / "__init__.py").write_text("", encoding="utf-8")


if __name__ == "__main__":
    generate(OUT)
