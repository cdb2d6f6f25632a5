"""A whole portal, made by hand in seconds: two published releases, a refused one, models, reports of other tools."""

import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copy
from urllib.parse import urlsplit

import duckdb
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from muster import lake, registry
from muster.settings import settings
from muster.steps.compare import compare
from muster.steps.networks import networks
from muster.steps.portal import portal

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
TERMS = [
    "abnormal heart",
    "short tail",
    "decreased lean mass",
    "cataract",
    "increased grip strength",
    "impaired hearing",
]
SYSTEMS = ["cardiovascular system", "limbs/digits/tail", "growth/size/body region", "vision/eye"]
OTHER_TOOL = """<!doctype html><html><head><link rel="stylesheet" href="https://cdn.example/style.css">
<script src="https://cdn.example/jquery.js"></script></head><body><h1>{title}</h1></body></html>"""
CHECK = {"passed": True, "failures": [], "warnings": [], "skipped": [], "tables": {"genes": {"rows": 300}}}
METRICS = {
    "held_out": {"by": "gene_family", "n": 300, "folds": 5},
    "model": {
        "auroc": [0.71, 0.69, 0.73],
        "auprc_over_prevalence": [2.4, 2.0, 2.9],
        "precision_at_20": [0.4, 0.3, 0.5],
    },
    "baselines": {
        "degree": {"auroc": [0.58, 0.55, 0.61], "auprc_over_prevalence": [1.3, 1.1, 1.5]},
        "neighbour_vote": {"auroc": [0.63, 0.6, 0.66], "auprc_over_prevalence": [1.7, 1.4, 2.0]},
    },
    "shuffled": {"auroc": [0.5, 0.48, 0.52]},
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"no browser: {CHROMIUM} is missing (apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that keeps what it complains about and what it asks for outside the machine."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.complaints = []  # type: ignore[attr-defined]
    note = page.complaints.append  # type: ignore[attr-defined]
    page.on("console", lambda message: note(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: note(str(error)))
    page.on("requestfailed", lambda request: note(f"failed: {request.url}"))
    page.on("request", lambda request: None if _is_local(request.url) else note(f"left the machine: {request.url}"))
    yield page
    page.close()


def _is_local(url: str) -> bool:
    return urlsplit(url).scheme in {"file", "data", "blob", "about"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, harmonised_marts: dict[str, str]) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("portal")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUSTER_DATA", str(folder / "workspaces"))
        settings.cache_clear()
        _checkout(folder / "checkout")
        patch.setattr("muster.settings.ROOT", folder / "checkout")
        for release, genes, shift in (("22.0", 240, 0.0), ("23.0", 300, 0.2)):
            _publish(release, genes, shift, harmonised_marts)
            _train(release, shift)
            _reports(release)
        networks("23.0")
        compare("23.0")
        lake.refuse("22.1", "raw", ["raw.statistical_results: a third of the rows are exact duplicates"], {})
        yield portal()
    settings.cache_clear()


def _checkout(root: Path) -> None:
    (root / "models").mkdir(parents=True)
    copy(settings().root / "sources.yml", root)
    for name, learner in (("gene_phenotype", "xgboost_per_term"), ("viability", "xgboost_classifier")):
        spec = f"question: What about {name}?\ntarget: a.b\nneeds: [genes]\nlearner: {learner}\n"
        (root / "models" / f"{name}.yml").write_text(f"{spec}split: {{by: gene_family}}\n")
        (root / "models" / f"{name}.md").write_text(f"# Card of {name}\n\n## Limits\n\nNone is *known*.\n")


def _publish(release: str, genes: int, shift: float, harmonised: dict[str, str]) -> None:
    everyone = f"(select gene, 'MGI:' || gene as gene_id, 'l' || gene as line_id from range({genes}) as genes(gene))"
    terms = f"(select t - 1 as term, 'MP:000' || t as mp_term_id, {TERMS}[t] as mp_term_name from range(1, 7) as r(t))"
    centre = "if(gene % 2 = 0, 'Munich', 'Toronto') as centre"
    tops = [f"{system} phenotype" for system in SYSTEMS]
    marts = {
        **harmonised,
        "terms": f"""
            select mp_term_id, mp_term_name, []::varchar[] as ancestor_ids, ['MP:100' || term % 4] as top_level_ids,
            false as is_obsolete from {terms}
            union all select 'MP:100' || (t - 1), {tops}[t], [], [], false from range(1, 5) as r(t)""",
        "genes": f"""
            select gene_id, true as is_tested, gene * 37 % 100 / 100 as loeuf, 0.9 + gene % 3 / 10 as missense_oe,
            gene % 9 / 90 as shet, 1.0 as novelty, 1 as line_count, gene % 5 as hit_count from {everyone}""",
        "lines": f"select line_id, gene_id, {centre} from {everyone}",
        "line_effects": f"""
            select line_id, gene_id, 'body_weight' as trait_id, 'both' as sex, 8 as mutant_count, null as effect_size,
            null as p_value, sin(gene) + {shift} * cos(gene * 7) as released_effect_size,
            if(abs(released_effect_size) > 0.97, 1e-6, 0.4) as released_p_value,
            if({shift} > 0, 'soft window', 'mixed model') as released_method from {everyone}""",
        "gene_phenotypes": f"""
            select gene_id, mp_term_id, mp_term_name, 0.001 as p_value,
            gene % 13 < 2 + term % 3 and (gene + term) % 9 <> 1 + {int(shift * 5)} as is_direct,
            if(is_direct, 'called', 'tested') as status from {everyone} cross join {terms}""",
    }
    folder = settings().lake / release / "build"
    folder.mkdir(parents=True)
    for mart, query in marts.items():
        duckdb.connect().sql(query).write_parquet(str(folder / f"{mart}.parquet"))
    entries = {mart: {"rows": genes, "sha256": "ab" * 32} for mart in marts}
    absent = {"images": "image_records is not on the mirror"}
    manifest = {"release": release, "build": "build", "released_on": "2026-01-15", "marts": entries, "absent": absent}
    lake.write_json(folder / "manifest.json", manifest)
    lake.point(settings().lake / release / "current", folder)
    lake.point(settings().lake / "current", folder)


def _train(release: str, shift: float) -> None:
    for name, table in (("gene_phenotype", _candidates(shift)), ("viability", _outcomes())):
        with registry.save(name, release, "v1") as folder:
            lake.write_json(folder / "manifest.json", {"metrics": METRICS, "device": "cpu", "trained_on": {}})
            table.to_parquet(folder / "predictions.parquet")
            if name == "gene_phenotype":
                terms = [(f"MP:000{n + 1}", term, 60 + n, 300, 0.7, 2.1, 0.4) for n, term in enumerate(TERMS)]
                columns = "mp_term_id mp_term_name positives tested auroc auprc_over_prevalence precision_at_20"
                pd.DataFrame(terms, columns=columns.split()).to_parquet(folder / "terms.parquet")
                _explain(folder)
            lake.write_text(folder / "card.md", f"# Card of the run of {release}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
        registry.promote(name, release, "v1")


def _explain(folder: Path) -> None:
    told = {
        "reasons": ["interacts with Tbx6, which has it"],
        "groups": {"interaction partners": 0.7, "constraint": -0.4, "base": -2.1},
        "paths": [{"metapath": "string", "path": "Gene8 -STRING- Tbx6", "weight": 0.35, "share": 0.5}],
        "nearest": [{"symbol": "Gene9", "status": "called", "cosine": 0.9, "shared_partners": 4}],
        "against": ["paralogue Gene10 of PTHR1: tested and normal (1 of 1 tested in the family)"],
    }
    gene = {"gene_id": "MGI:8", "mp_term_id": "MP:0002"}
    row = {**gene, **{name: json.dumps(value) for name, value in told.items()}}
    pd.DataFrame([row]).to_parquet(folder / "explanations.parquet")
    dark = {**gene, "symbol": "Gene8", "mp_term_name": "short tail", "why": row["reasons"], "against": row["against"]}
    dark |= {"probability": 0.7, "prior": 0.2, "probability_over_prior": 3.5, "rank": 9, "path": "Gene8 -STRING- Tbx6"}
    pd.DataFrame([{**dark, "auroc": 0.7, "auroc_low": 0.6, "auroc_high": 0.8}]).to_parquet(
        folder / "dark_genes.parquet"
    )
    studied = {"interaction_degree": 9.0, "novelty": 0.1, "go_count": 3.0, "questions": "short tail (p = 0.43)"}
    ranked = {
        "rank": 1,
        "corrected_rank": 1,
        "information": 0.21,
        "corrected": 3.1,
        "terms": 2,
        "target_level": "Tdark",
    }
    kinds = [("gene", ""), ("line", "limbs/digits/tail phenotype")]
    advice = [{**gene, "symbol": "Gene8", "kind": kind, "system": name, **ranked, **studied} for kind, name in kinds]
    pd.DataFrame(advice).to_parquet(folder / "advisor.parquet")


def _candidates(shift: float) -> pd.DataFrame:
    rows = [
        (f"MGI:{gene}", f"Gene{gene}", f"MP:000{n + 1}", term, 0.9 - gene / 50 * (1 - shift), gene + 1, "untested")
        for n, term in enumerate(TERMS)
        for gene in range(40)
    ]
    rows += [
        (f"MGI:{gene}", f"Gene{gene}", f"MP:000{n + 1}", term, gene % 7 / 10, None, "called" if gene % 3 else "tested")
        for n, term in enumerate(TERMS)
        for gene in range(40, 100)
    ]
    columns = ["gene_id", "symbol", "mp_term_id", "mp_term_name", "probability", "rank", "status"]
    return pd.DataFrame(rows, columns=columns).assign(score=lambda frame: frame["probability"])


def _outcomes() -> pd.DataFrame:
    rows = [(f"MGI:{gene}", f"Gene{gene}", gene / 60, 0.1, 0.9 - gene / 60, None) for gene in range(50)]
    return pd.DataFrame(rows, columns=["gene_id", "symbol", "lethal", "subviable", "viable", "outcome"])


def _reports(release: str) -> None:
    folder = settings().release_reports(release)
    lake.write_text(folder / "checks" / "data_docs" / "index.html", OTHER_TOOL.format(title="Expectations"))
    lake.write_text(folder / "dbt_docs" / "index.html", OTHER_TOOL.format(title="Tables"))
    for stage in ("raw", "staging", "marts"):
        lake.write_json(folder / "checks" / f"{stage}.json", CHECK)
    steps = [
        {"step": step, "seconds": seconds, "peak_mb": 900, "finished_at": "2026-01-15T10:00:00Z", "is_done": True}
        for step, seconds in (("fetch", 2.4), ("load", 7.9), ("transform", 31.0), ("train gene_phenotype", 88.2))
    ]
    lake.write_text(folder / "steps.jsonl", "".join(json.dumps(step) + "\n" for step in steps))
