"""The card of a trained version, written from its run: every number on it stands in the manifest or in its tables."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from muster import lake, registry
from muster.learners.column_groups import group_of
from muster.learners.gates import judge
from muster.settings import settings

CHANCE = 0.5
SHOWN = 10
RELIABILITY = "reliability"
"""So many best and worst terms."""
KNOWN = {"held_out", "model", "baselines", "shuffled"}
LIMITS = re.compile(r"^(?:\*\*Limits\.\*\*\s*|#+ Limits\s*\n)(.*?)(?=^\*\*|^#|\Z)", re.DOTALL | re.MULTILINE)


def write_card(folder: Path) -> Path:
    """Write card.md beside the manifest of a version; return it."""
    manifest = registry.manifest(folder)
    lake.write_text(folder / "card.md", "\n".join(_lines(folder, manifest)).rstrip() + "\n")
    return folder / "card.md"


def _lines(folder: Path, manifest: dict[str, Any]) -> Iterator[str]:
    spec = manifest["spec"]
    yield f"# {manifest['name']}, version {manifest['version']}, release {manifest['release']}\n"
    yield f"{spec['question']}\n"
    yield "Written from the run that made this version. Intervals are 95 %.\n"
    yield from _data(manifest)
    yield from _split(manifest)
    yield from _results(manifest["metrics"])
    yield from _gates(manifest)
    yield from _further(manifest["metrics"])
    yield from _terms(folder)
    yield from _features(folder)
    yield from _limits(manifest["name"])
    yield from ["## Spec\n", "```yaml", yaml.safe_dump(spec, sort_keys=False).rstrip(), "```\n"]
    yield "## Code\n"
    yield f"- code version `{manifest['code_version']}`, device {manifest['device']}"
    yield f"- locked packages (constraints.txt): sha256 `{manifest['lock_sha256']}`"


def _data(manifest: dict[str, Any]) -> Iterator[str]:
    trained_on = manifest["trained_on"]
    yield "## Data\n"
    yield f"- release {trained_on['release']}, build `{trained_on['build']}`; target `{manifest['spec']['target']}`"
    yield f"- {trained_on['rows']:,} examples; training table sha256 `{trained_on['training_table_sha256']}`"
    if trained_on["feature_service"]:
        service, sha256 = trained_on["feature_service"], trained_on["features_sha256"]
        yield f"- Feast feature service `{service}`; its files: sha256 `{sha256}`"
    yield from ["", *_table(["mart", "sha256"], [[mart, f"`{sha}`"] for mart, sha in trained_on["marts"].items()]), ""]


def _split(manifest: dict[str, Any]) -> Iterator[str]:
    split, held_out = manifest["spec"]["split"], manifest["metrics"]["held_out"]
    yield "## Held out\n"
    yield f"Whole groups by {split['by'].replace('_', ' ')}, {split['folds']} folds, seed {split['seed']}.\n"
    yield from [*_grouped(held_out), ""]


def _results(metrics: dict[str, Any]) -> Iterator[str]:
    """Tell the model beside its baselines and beside shuffled labels."""
    rows = {"**this model**": metrics["model"], **metrics.get("baselines", {})}
    if metrics.get("shuffled"):
        rows["shuffled labels (null)"] = metrics["shuffled"]
    names = [name for name in metrics["model"] if not isinstance(metrics["model"][name], dict)]
    yield "## Results on held-out examples\n"
    body = [[_words(row), *(_figure(figures.get(name)) for name in names)] for row, figures in rows.items()]
    yield from _table(["", *map(_words, names)], body)
    leads = [
        (name, figures["auroc_lead"])
        for name, figures in metrics.get("baselines", {}).items()
        if "auroc_lead" in figures
    ]
    if leads:
        told = "; ".join(f"{_figure(lead)} over {_words(name)}" for name, lead in leads)
        yield f"\nLead of the AUROC, paired: {told}."
    yield ""
    if "shuffled" in metrics:
        yield "The same fit on shuffled labels (null) must give an AUROC of one half.\n"
    if "calibration_error" in metrics["model"]:
        error = _figure(metrics["model"]["calibration_error"])
        yield f"Calibration: predicted and observed shares of held-out examples differ by {error} on average.\n"


def _gates(manifest: dict[str, Any]) -> Iterator[str]:
    gates = judge(manifest["spec"]["gates"], manifest["metrics"])
    if gates:
        yield "## Gates\n"
        rows = [
            [_words(gate.gate), _figure(gate.required), _figure(gate.found), "passed" if gate.passed else "missed"]
            for gate in gates
        ]
        yield from [*_table(["gate", "required", "found", ""], rows), ""]


def _further(metrics: dict[str, Any]) -> Iterator[str]:
    """Tell what else the evaluation wrote into the manifest."""
    rest = {name: value for name, value in metrics.items() if name not in KNOWN}
    if rest:
        yield from ["## Further evaluation\n", *_grouped(rest), ""]
        yield from _reliability(rest)


def _reliability(content: dict[str, Any], before: str = "") -> Iterator[str]:
    """Tell in a table what was said and what was found in equally filled bins."""
    for name, value in content.items():
        if name == RELIABILITY:
            rows = [
                [_words(row), *(f"{said} / {found} ({n:,})" for said, found, n in bins)] for row, bins in value.items()
            ]
            yield f"Reliability, {_words(before)}: probability said / share found (examples), in equally filled bins.\n"
            yield from [*_table(["", *(f"bin {n}" for n in range(1, max(map(len, value.values())) + 1))], rows), ""]
        elif isinstance(value, dict):
            yield from _reliability(value, f"{before}, {name}" if before else name)


def _terms(folder: Path) -> Iterator[str]:
    path = folder / "terms.parquet"
    if not path.exists():
        return
    terms = pd.read_parquet(path).sort_values(["auroc", "mp_term_id"], ascending=[False, True])
    above = int((terms["auroc_low"] > CHANCE).sum())
    yield f"## Terms\n\n{len(terms)} terms; the interval of {above} lies above an AUROC of {CHANCE}.\n"
    shown = terms if len(terms) <= 2 * SHOWN else pd.concat([terms.head(SHOWN), terms.tail(SHOWN)])
    rows = [
        [
            str(term["mp_term_name"]),
            str(term["mp_term_id"]),
            f"{term['positives']:,} of {term['tested']:,}",
            _figure([float(term[name]) for name in ("auroc", "auroc_low", "auroc_high")]),
        ]
        for term in shown.to_dict("records")
    ]
    if len(rows) < len(terms):
        rows.insert(SHOWN, [f"… {len(terms) - len(rows)} between …", "", "", ""])
    yield from [*_table(["term", "id", "called of tested", "AUROC"], rows), ""]


def _features(folder: Path) -> Iterator[str]:
    path = folder / "features.json"
    if not path.exists():
        return
    names = json.loads(path.read_text())["names"]
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(group_of(name), []).append(f"`{name}`")
    yield f"## Features\n\n{len(names)} columns.\n"
    yield from (f"- {group}: {', '.join(columns)}" for group, columns in sorted(groups.items()))
    yield ""


def _limits(name: str) -> Iterator[str]:
    path = settings().root / "models" / f"{name}.md"
    found = LIMITS.search(path.read_text()) if path.exists() else None
    if found:
        yield from ["## Limits\n", found[1].strip(), ""]


def _table(head: list[str], rows: list[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows)


def _grouped(content: dict[str, Any]) -> Iterator[str]:
    """Tell nested figures, those that belong together in one line."""
    lines: dict[str, list[str]] = {}
    for before, name, value in _flat(content):
        lines.setdefault(before, []).append(f"{_words(name)} {_figure(value)}")
    for before, told in lines.items():
        yield from [f"- {_words(before)}: {'; '.join(told)}"] if before else (f"- {one}" for one in told)


def _flat(content: dict[str, Any], before: str = "") -> Iterator[tuple[str, str, Any]]:
    for name, value in content.items():
        if name == RELIABILITY:
            continue
        if isinstance(value, dict):
            yield from _flat(value, f"{before}, {name}" if before else name)
        else:
            yield before, name, value


def _words(name: str) -> str:
    return name.replace("_", " ").replace("auroc", "AUROC").replace("auprc", "AUPRC")


def _figure(value: Any) -> str:
    """Return a number, or a value with its interval, with the digits of the manifest.

    >>> _figure([0.7134, 0.69, 0.741]), _figure(8416), _figure(3e-7), _figure(None)
    ('0.7134 [0.69, 0.741]', '8,416', '3e-07', 'not known')
    """
    if value is None:
        return "not known"
    if isinstance(value, list | tuple):
        first, *rest = [_figure(part) for part in value] or ["none"]
        is_interval = len(rest) == len(("low", "high")) and not isinstance(value[0], str)
        return f"{first} [{', '.join(rest)}]" if is_interval else ", ".join([first, *rest])
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".") if round(value, 3) or not value else f"{value:.2g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
