"""Build the static site that links everything: releases, models, networks, drift, checks, docs, timings."""

import logging
from pathlib import Path
from typing import Any

from muster import lake
from muster.harmonisation import page as harmonisation
from muster.learners.prospective import all_records
from muster.portal import gene_lists, models, pages, prospective, releases, reports, terms
from muster.settings import code_version, settings

logger = logging.getLogger(__name__)


def portal() -> Path:
    """Write the site from the lake, the reports and the registry; return its folder."""
    for release in lake.releases():
        harmonisation.write(release)
    shown_releases, shown_models = releases.releases(), models.models()
    with lake.draft(settings().portal) as site:
        _assets(site)
        for shown in shown_releases:
            _release(site, shown)
        for model in shown_models:
            _model(site, model)
        _scoreboard(site)
        _index(site, shown_releases, shown_models)
    count = sum(1 for _ in settings().portal.rglob("*.html"))
    logger.info("portal: %d pages, %s", count, settings().portal / "index.html")
    return settings().portal


def _assets(site: Path) -> None:
    lake.write_text(site / "assets" / "plotly.min.js", pages.plotly_script())
    lake.write_text(site / "assets" / "style.css", pages.asset("style.css"))


def _index(site: Path, shown_releases: list[releases.Release], shown_models: list[models.Model]) -> None:
    here = settings()
    pages.write_page(
        site / "index.html",
        "index.html",
        depth=0,
        releases=shown_releases,
        current=next((release for release in shown_releases if release.state == "current"), None),
        models=shown_models,
        report_names={key: name for key, (_, name) in releases.REPORTS.items()},
        service=f"http://{here.host}:{here.service_port}",
        workspace=here.workspace.name,
        code_version=code_version(),
    )


def _release(site: Path, release: releases.Release) -> None:
    source, target = settings().release_reports(release.name), site / "releases" / release.name
    for folder in (
        "networks",
        "graph",
        "comparison",
        "harmonisation",
        "prospective",
        "backtest",
        "dbt_docs",
        "checks/data_docs",
    ):
        if (source / folder).is_dir():
            reports.adopt(source / folder, target / folder, site)
    names = {key: name for key, (_, name) in releases.REPORTS.items()}
    pages.write_page(target / "index.html", "release.html", depth=2, release=release, report_names=names)


def _scoreboard(site: Path) -> None:
    board = prospective.scoreboard(all_records(), site)
    pages.write_page(site / "scoreboard.html", "scoreboard.html", depth=0, board=board)


def _model(site: Path, model: models.Model) -> None:
    folder, version = site / "models" / model.spec.name, model.shown
    has_terms = version is not None and (version.folder / "terms.parquet").exists()
    shown = _term_pages(folder, model, version) if version and has_terms else {}
    is_viability = version is not None and model.spec.name == "viability"
    if version and version.card:
        lake.write_text(folder / "card.md", (version.folder / "card.md").read_text())
    pages.write_page(
        folder / "index.html",
        "model.html",
        depth=2,
        model=model,
        terms=models.term_rows(version) if version else [],
        candidates=shown,
        lethal=models.likely_lethal(version) if version and is_viability else [],
        levels=terms.target_levels(version.release) if version and is_viability else {},
        lists=[name for name in ("dark_genes", "advisor") if (folder / f"{name}.html").exists()],
    )


def _term_pages(folder: Path, model: models.Model, version: models.Version) -> dict[str, list[dict[str, Any]]]:
    """Write the page and the CSV of every term and the lists across terms; return the genes each page shows."""
    genes = terms.listed(version)
    terms.write_csvs(genes, folder / "terms")
    candidates, plots = terms.candidates(genes), {term: terms.drawn(found) for term, found in terms.held_out(version)}
    dark = _dark_genes(folder, model, version)
    _advisor(folder, model, version)
    for term in models.term_rows(version):
        key = str(term["mp_term_id"])
        content = {"genes": candidates.get(key, []), "plots": plots.get(key), "dark": dark.get(key, [])}
        name = terms.file_name(key)
        has_csv = (folder / "terms" / f"{name}.csv").exists()
        told = {**content, "csv": f"{name}.csv" if has_csv else None, "listed": terms.LISTED}
        pages.write_page(folder / "terms" / f"{name}.html", "term.html", depth=3, model=model, term=term, **told)
    return candidates


def _dark_genes(folder: Path, model: models.Model, version: models.Version) -> dict[str, list[dict[str, Any]]]:
    found = gene_lists.dark_genes(version)
    if found is None:
        return {}
    gene_lists.write_files(version, "dark_genes", found, folder)
    rows = gene_lists.dark_by_gene(found)
    pages.write_page(folder / "dark_genes.html", "dark_genes.html", depth=2, model=model, rows=rows, count=len(found))
    return gene_lists.dark_by_term(found)


def _advisor(folder: Path, model: models.Model, version: models.Version) -> None:
    found = gene_lists.advice(version)
    if found is not None:
        gene_lists.write_files(version, "advisor", found, folder)
        content = gene_lists.advisor_page(found)
        pages.write_page(folder / "advisor.html", "advisor.html", depth=2, model=model, **content)
