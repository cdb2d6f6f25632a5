"""From a question to an answer: find the champion, find the name, say why where there is no score."""

import json
import threading
from typing import Any, NamedTuple

from muster.answers.candidate_schema import CandidatesAnswer, CandidatesQuestion, RankedGene
from muster.answers.errors import UnknownNameError
from muster.answers.names import Names
from muster.answers.schema import (
    Gene,
    GenePhenotypes,
    GeneViability,
    ModelsAnswer,
    PredictAnswer,
    PredictQuestion,
    ServedModel,
    TermGenes,
    UnknownGene,
    XrayAnswer,
    told,
)
from muster.answers.shelf import Champion, Shelf
from muster.settings import settings

#: A question keeps a core busy and holds numbers of every gene: no more than two at a time, or other answers wait.
RANKING = threading.BoundedSemaphore(2)


class Found(NamedTuple):
    """A gene or term that exists; without a place it was never scored."""

    place: int | None
    accession: str
    name: str | None


#: A list of 1,000 wrong names would keep a core busy for half a minute.
MOST_EXPLAINED = 20


def gene_phenotypes(shelf: Shelf, gene: str, wanted: str, limit: int) -> GenePhenotypes:
    """Return the terms of a gene, likeliest first.

    Raises:
        UnknownNameError: with near matches.
    """
    champion = shelf.champion("gene_phenotype")
    return _phenotypes(champion, _find_gene(champion, gene), wanted, limit)


def term_genes(shelf: Shelf, term: str, wanted: str, limit: int) -> TermGenes:
    """Return the genes of a term, likeliest first.

    Raises:
        UnknownNameError: with near matches.
    """
    champion = shelf.champion("gene_phenotype")
    table = champion.reader
    found = _find("mp_term_id", term, table.terms, champion.known_terms, champion.manifest["release"])
    scored = found.place is not None
    return TermGenes(
        **champion.source,
        mp_term_id=found.accession,
        mp_term_name=found.name,
        evaluation=table.evaluations.get(found.accession, {}),
        genes=table.of_term(found.place, wanted, limit) if scored else [],
        why_none=None if scored else f"too few genes are called for {found.name or found.accession} to train on",
    )


def gene_viability(shelf: Shelf, gene: str) -> GeneViability:
    """Return the outcome and the probabilities of a gene: held-out where it was tested, live from Feast where not.

    Raises:
        UnknownNameError: with near matches.
    """
    champion = shelf.champion("viability")
    (answer,) = _viability(champion, [_find_gene(champion, gene)])
    return answer


def predict(shelf: Shelf, question: PredictQuestion) -> PredictAnswer:
    """Answer for many genes at once, all by the same champion; unknown names are listed, not refused."""
    champion = shelf.champion(question.model)
    answer = PredictAnswer(**champion.source, phenotypes=[], viability=[], unknown=[])
    found = []
    for gene in question.genes:
        try:
            found.append(_find_gene(champion, gene))
        except UnknownNameError as unknown:
            near = unknown.near() if len(answer.unknown) < MOST_EXPLAINED else []
            answer.unknown.append(UnknownGene(found=unknown.found, near=near))
    if question.model == "viability":
        answer.viability = _viability(champion, found)
    else:
        answer.phenotypes = [_phenotypes(champion, gene, "all", question.limit) for gene in found]
    return answer


def candidates(shelf: Shelf, question: CandidatesQuestion) -> CandidatesAnswer:
    """Return the genes that likely belong to a set; unknown names are listed, not refused, while enough are known.

    Raises:
        SetSizeError: too few of the names are genes, or too many.
    """
    champion = shelf.champion("candidate_genes")
    reader = champion.reader
    understood = reader.understand(question.genes)
    with RANKING:
        ranked = reader.ranked(understood, question.limit, untested_only=question.untested)
    names = reader.genes
    return CandidatesAnswer(
        **champion.source,
        members=[Gene(gene_id=names.ids[place], symbol=names.labels[place]) for place in understood.places],
        genes=[RankedGene(**reader.described(candidate)) for candidate in ranked],
        unknown=understood.unknown,
        notes=understood.notes,
    )


def xray(shelf: Shelf, content: bytes) -> XrayAnswer:
    """Return what the network sees in a radiograph."""
    champion = shelf.champion("xray")
    return XrayAnswer(**champion.source, **champion.reader.look_at(content))


def models(shelf: Shelf) -> ModelsAnswer:
    """Return every model that answers, its metrics and the decision that promoted it."""
    return ModelsAnswer(models=[_served(shelf, champion.manifest) for _, champion in sorted(shelf.champions.items())])


def _phenotypes(champion: Champion, found: Found, wanted: str, limit: int) -> GenePhenotypes:
    return GenePhenotypes(
        **champion.source,
        gene_id=found.accession,
        symbol=found.name,
        phenotypes=[] if found.place is None else champion.reader.of_gene(found.place, wanted, limit),
        why_none=_why_unscored(champion, found) if found.place is None else None,
    )


def _viability(champion: Champion, genes: list[Found]) -> list[GeneViability]:
    answers = champion.reader.of_genes([(gene.place, gene.accession) for gene in genes])
    return [
        GeneViability(
            **champion.source,
            gene_id=gene.accession,
            symbol=gene.name,
            why_none=None if answer["probabilities"] else _why_unscored(champion, gene),
            **answer,
        )
        for gene, answer in zip(genes, answers, strict=True)
    ]


def _find_gene(champion: Champion, gene: str) -> Found:
    return _find("gene", gene, champion.reader.genes, champion.known_genes, champion.manifest["release"])


def _find(field: str, text: str, scored: Names, known: Names, release: str) -> Found:
    place = scored.find(text)
    if place is not None:
        return Found(place, scored.ids[place], scored.labels[place])
    at = known.find(text)
    if at is not None:
        # A gene may have been scored under its accession and another name.
        return Found(scored.find(known.ids[at]), known.ids[at], known.labels[at])
    raise UnknownNameError(field, text, release, known if known.ids else scored)


def _why_unscored(champion: Champion, gene: Found) -> str:
    service = champion.manifest["trained_on"].get("feature_service") or "the model's features"
    model = f"{champion.manifest['name']} {champion.manifest['version']}"
    gene_of = f"{gene.name or gene.accession} is a gene of release {champion.manifest['release']}"
    return f"{gene_of}, but {service} has no row for it, so {model} never scored it"


def _served(shelf: Shelf, manifest: dict[str, Any]) -> ServedModel:
    name, release, version = manifest["name"], manifest["release"], manifest["version"]
    path = settings().registry / name / "decisions" / f"{release}-{version}.json"
    return ServedModel(
        model=name,
        release=release,
        version=version,
        learner=manifest.get("learner"),
        trained_on=manifest["trained_on"],
        metrics=told(manifest["metrics"]),
        decision=told(json.loads(path.read_text())) if path.exists() else None,
        problem=shelf.problems.get(name),
    )
