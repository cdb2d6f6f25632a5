"""Build the static site that links everything: releases, models, networks, drift, checks, docs, timings."""

import logging
from pathlib import Path

from muster import lake
from muster.harmonisation import page as harmonisation
from muster.learners.prospective import all_records
from muster.portal import models, pages, prospective, releases, reports
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
    folder = site / "models" / model.spec.name
    version = model.shown
    terms = models.term_rows(version) if version else []
    candidates = models.candidates(version) if version and terms else {}
    is_viability = version is not None and model.spec.name == "viability"
    pages.write_page(
        folder / "index.html",
        "model.html",
        depth=2,
        model=model,
        terms=terms,
        candidates=candidates,
        lethal=models.likely_lethal(version) if version and is_viability else [],
    )
    for term in terms:
        name = str(term["mp_term_id"]).replace(":", "_")
        genes = candidates.get(term["mp_term_id"], [])
        content = {"model": model, "term": term, "genes": genes, "top": models.TOP}
        pages.write_page(folder / "terms" / f"{name}.html", "term.html", depth=3, **content)
