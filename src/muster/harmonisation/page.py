"""The harmonisation page of a release: before and after, unit evidence, coverage, redundancy, drift, limits."""

import json
import logging
from pathlib import Path
from statistics import median
from typing import Any

from muster import lake
from muster.harmonisation import sections
from muster.harmonisation.evidence import DOUBTFUL, HOLDS, contested, findings
from muster.harmonisation.ridges import FEWEST, REACH, ridges
from muster.portal.pages import write_standalone
from muster.settings import code_version, settings

logger = logging.getLogger(__name__)

DRAWN_TRAITS = 40
#: The marts of the page; a build that has none of them has no page.
MARTS = (
    "traits",
    "trait_centres",
    "measurements",
    "unit_evidence",
    "control_groups",
    "batch_effects",
    "trait_groups",
    "trait_pairs",
    "trait_agreement",
)
OTHER = "other"
TREATMENTS = {
    "own": "its own controls",
    "shrunk": "its own, more than a tenth borrowed from other groups of the trait",
    "pooled": "it has none of its own: all is borrowed",
    "no spread": "its controls are all alike, with nothing to divide by: no z",
    "no controls": "nobody to compare with: no z",
}


def write(release: str) -> Path | None:
    """Write the page of a release unless this build has it; return its folder, None where the marts are absent."""
    target = settings().release_reports(release) / "harmonisation"
    build, code = lake.manifest(release)["build"], code_version()
    if not any(lake.has(release, mart) for mart in MARTS if mart != "measurements"):
        return None
    summary = target / "summary.json"
    known = json.loads(summary.read_text())["made_from"] if summary.exists() else None
    # Code with changes that nobody committed has no name to be known by.
    if known == [build, code] and not code.endswith("+"):
        return target
    content = read(release)
    with lake.draft(target) as folder:
        lake.write_json(folder / "summary.json", {**summarise(release, content), "made_from": [build, code]})
        write_standalone(folder / "index.html", "harmonisation.html", **shown(release, content))
    logger.info("harmonisation of %s: %s", release, target / "index.html")
    return target


def read(release: str) -> dict[str, Any]:
    """Return what the page shows, by section."""
    absent = lake.manifest(release).get("absent", {})
    traits = sections.read_traits(release)
    names = {row["trait_id"]: row["trait_name"] or row["trait_id"].replace("_", " ") for row in traits or []}
    has_ridges = lake.has(release, "trait_centres") and lake.has(release, "measurements")
    return {
        "traits": traits,
        "names": names,
        "ridges": ridges(release) if has_ridges else None,
        "agreement": sections.read_agreement(release),
        "evidence": sections.read_evidence(release, names),
        "coverage": sections.read_coverage(release),
        "groups": sections.read_groups(release),
        "pairs": sections.read_pairs(release),
        "treatments": sections.read_treatments(release),
        "drift": sections.read_drift(release),
        "absent": {mart: absent.get(mart, "not built") for mart in MARTS if not lake.has(release, mart)},
    }


def shown(release: str, content: dict[str, Any]) -> dict[str, Any]:
    """Return what the template needs: the sections, what can be picked in them, and what the script draws."""
    traits = {row["trait_id"]: row for row in content["traits"] or []}
    names, ridges_ = content["names"], content["ridges"] or {}
    families = {trait: (traits.get(trait) or {}).get("procedure_family") or OTHER for trait in {*traits, *ridges_}}
    pickable = [
        {"trait_id": trait, "name": names.get(trait, trait.replace("_", " ")), "family": families[trait]}
        for trait in ridges_
    ]
    drawn = ("traits", "names", "ridges", "coverage", "pairs", "drift", "agreement")
    evidence = content["evidence"] or []
    return {
        **content,
        "release": release,
        "summary": summarise(release, content),
        "findings": findings(evidence),
        "contested": contested(evidence),
        "holding": sum(case["verdict"] == HOLDS for case in evidence),
        "heterogeneity": {row["trait_id"]: row["heterogeneity"] for row in content["agreement"] or []},
        "pickable": sorted(pickable, key=lambda row: (row["family"], row["name"])),
        # The traits come in order: what the centre explains most of is what the page begins with.
        "first_trait": next((trait for trait in [*traits, *ridges_] if trait in ridges_), None),
        "families": sorted(set(families.values())),
        "treated": {trait: row["treatment"] for trait, row in traits.items() if row["is_degenerate"]},
        "treatment_words": TREATMENTS,
        "drawn_traits": DRAWN_TRAITS,
        "fewest": FEWEST,
        "marts": MARTS,
        "drawn": {
            **{name: content[name] for name in drawn},
            "evidence": contested(evidence),
            "reach": REACH,
            "drawn_traits": DRAWN_TRAITS,
        },
    }


def summarise(release: str, content: dict[str, Any]) -> dict[str, Any]:
    """Return the page in a few numbers, as the portal's other pages tell it."""
    shared = [row for row in content["traits"] or [] if row["centre_share_before"] is not None]
    judged = [row for row in shared if row["centre_share_after"] is not None]
    doubtful = [case["sentence"] for case in content["evidence"] or [] if case["verdict"] == DOUBTFUL]
    return {
        "release": release,
        "traits": len(content["traits"]) if content["traits"] is not None else None,
        "shared_traits": len(shared),
        "median_before": round(median(row["centre_share_before"] for row in shared), 4) if shared else None,
        "median_after": round(median(row["centre_share_after"] for row in judged), 4) if judged else None,
        "largest_after": round(max(row["centre_share_after"] for row in judged), 4) if judged else None,
        "doubtful_labels": doubtful if content["evidence"] is not None else None,
        "degenerate_traits": sum(bool(row["is_degenerate"]) for row in content["traits"] or []),
        "absent": content["absent"],
    }
