"""Which code a result came from."""

import ast
import hashlib
from importlib.util import find_spec
from pathlib import Path

#: Code outside these decides where things lie, not what they are.
PARTS = ("muster.learners", "muster.graph", "muster.imaging", "muster.steps", "muster.reading.radiographs")


def source_hash(module: str) -> str:
    """Return one sha256 over a module and every module of ours that it computes with, directly or not."""
    files: dict[str, Path] = {}
    _collect(module, files)
    parts = [f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for name, path in sorted(files.items())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _collect(module: str, files: dict[str, Path]) -> None:
    if module in files or not module.startswith(PARTS):
        return
    found = find_spec(module)
    if found is None or found.origin is None:
        return
    files[module] = Path(found.origin)
    for node in ast.walk(ast.parse(files[module].read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            _collect(node.module, files)
