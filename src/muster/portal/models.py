"""What the portal says about models: card, metrics beside their baselines, decision, predictions."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from markdown_it import MarkdownIt

from muster import lake, registry
from muster.portal.pages import rows_of
from muster.settings import settings
from muster.specs import ModelSpec, load_spec, model_names

#: The number a model's card shows first: that of the first one it has.
MAIN_METRICS = ("auroc", "sex_accuracy")
TOP = 40


@dataclass(frozen=True)
class Version:
    """One trained version and what was decided about it."""

    release: str
    name: str
    folder: Path
    manifest: dict[str, Any]
    decision: dict[str, Any] | None
    is_champion: bool

    @property
    def metrics(self) -> dict[str, Any]:
        """The held-out metrics of the model, its baselines and the shuffled control."""
        found: dict[str, Any] = self.manifest["metrics"]
        return found

    @property
    def rows(self) -> list[tuple[str, dict[str, Any]]]:
        """The model, each baseline and the shuffled control, with their metrics."""
        baselines = [(name.replace("_", " "), values) for name, values in self.metrics.get("baselines", {}).items()]
        shuffled = self.metrics.get("shuffled")
        return [
            ("this model", self.metrics["model"]),
            *baselines,
            *([("shuffled labels", shuffled)] if shuffled else []),
        ]

    @property
    def card(self) -> str:
        """The card that was written from the run, as HTML; empty for a version that has none."""
        path = self.folder / "card.md"
        return rendered(path.read_text()) if path.exists() else ""

    @property
    def metric_names(self) -> list[str]:
        """Every metric of the model itself, the main one first."""
        return sorted(self.metrics["model"], key=lambda name: (name not in MAIN_METRICS, name))


@dataclass(frozen=True)
class Model:
    """One model of `models/`, as the portal shows it."""

    spec: ModelSpec
    card: str
    """HTML."""
    versions: list[Version]
    """Newest release first, in a release the version trained last first."""

    @cached_property
    def shown(self) -> Version | None:
        """The champion, else the newest version, else None."""
        champions = [version for version in self.versions if version.is_champion]
        return next(iter([*champions, *self.versions]), None)


def models() -> list[Model]:
    """Return every model that has a spec."""
    return [_model(name) for name in model_names()]


def _model(name: str) -> Model:
    card = settings().root / "models" / f"{name}.md"
    text = card.read_text() if card.exists() else ""
    champion = registry.aliases(name).get("champion")
    versions = [_version(name, release, version, champion) for release, version in reversed(registry.versions(name))]
    return Model(load_spec(name), rendered(text), versions)


def rendered(text: str) -> str:
    """Return Markdown as HTML, its tables free to scroll; HTML within it is text."""
    html: str = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    return html.replace("<table>", '<div class="scroll"><table>').replace("</table>", "</table></div>")


def _version(name: str, release: str, version: str, champion: dict[str, str] | None) -> Version:
    folder = registry.folder(name, release, version)
    path = settings().registry / name / "decisions" / f"{release}-{version}.json"
    return Version(
        release=release,
        name=version,
        folder=folder,
        manifest=registry.manifest(folder),
        decision=json.loads(path.read_text()) if path.exists() else None,
        is_champion=champion == {"release": release, "version": version},
    )


def term_rows(version: Version) -> list[dict[str, Any]]:
    """Return one row per modelled term with its metrics, best first; empty where the model has no terms."""
    path = version.folder / "terms.parquet"
    if not path.exists():
        return []
    terms = pd.read_parquet(path).sort_values(["auroc", "mp_term_id"], ascending=[False, True])
    return rows_of(terms)


def likely_lethal(version: Version) -> list[dict[str, Any]]:
    """Return the untested genes whose knockout is most probably lethal, with the reasons (sentences) that were told."""
    table = pd.read_parquet(version.folder / "predictions.parquet")
    # A gene whose lines disagree has no outcome either.
    unknown = table[table["outcome"].isna() & ~table["gene_id"].isin(_tested_for_viability(version.release))]
    likeliest = unknown.sort_values(["lethal", "gene_id"], ascending=[False, True]).head(TOP)
    told = _viability_reasons(version)
    return [{**row, "reasons": told.get(row["gene_id"], [])} for row in rows_of(likeliest)]


def _tested_for_viability(release: str) -> set[str]:
    if release not in lake.releases() or not lake.has(release, "viability"):
        return set()
    return {gene for (gene,) in lake.read(release, "viability").project("gene_id").fetchall()}


def _viability_reasons(version: Version) -> dict[str, list[str]]:
    path = version.folder / "explanations.parquet"
    if not path.exists():
        return {}
    table = pd.read_parquet(path, columns=["gene_id", "reasons"])
    return {gene: json.loads(text or "[]") for gene, text in zip(table["gene_id"], table["reasons"], strict=True)}
