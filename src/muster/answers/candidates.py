"""Which genes belong to a set: names of mouse or human genes in, ranked genes with reasons out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from muster.answers.candidate_schema import FEWEST, MOST
from muster.answers.errors import SetSizeError
from muster.answers.names import Names
from muster.answers.schema import UnknownGene
from muster.learners.candidate_ranking import Candidate, CandidateModel, rank, read_model

#: A list of 200 wrong names would keep a core busy for seconds.
MOST_EXPLAINED = 20


@dataclass(frozen=True)
class Understood:
    """A list of names as genes."""

    places: list[int]
    unknown: list[UnknownGene]
    notes: list[str]


@dataclass(frozen=True)
class Candidates:
    """A model and the names of its genes."""

    model: CandidateModel
    genes: Names

    @cached_property
    def by_human_symbol(self) -> dict[str, int]:
        """The gene whose one-to-one orthologue has a human symbol."""
        return {symbol: place for place, symbol in enumerate(self.model.genes.human_symbols) if symbol}

    def understand(self, names: Sequence[str]) -> Understood:
        """Return the genes of these names, once each, what no gene is called, and what is to be known of them."""
        places, unknown, notes = dict[int, None](), list[UnknownGene](), list[str]()
        for name in dict.fromkeys(text.strip() for text in names):
            place, note = self._find(name)
            if place is None:
                near = self.genes.near(name) if len(unknown) < MOST_EXPLAINED else []
                unknown.append(UnknownGene(found=name, near=near))
                continue
            places[place] = None
            notes += [note] if note else []
        lonely = [self._symbol(place) for place in places if not self.model.graph.central[place, 0]]
        if lonely:
            notes.append(f"no interaction is known of {', '.join(lonely)}: they say little about the set")
        return Understood(list(places), unknown, notes)

    def ranked(self, understood: Understood, limit: int, *, untested_only: bool) -> list[Candidate]:
        """Return the likeliest genes outside the set.

        Raises:
            SetSizeError: says how many genes were understood and which names were not.
        """
        count = len(understood.places)
        if count < FEWEST:
            wrong = [f"{each.found} ({_near(each)})" for each in understood.unknown]
            said = f"; unknown: {', '.join(wrong)}" if wrong else ""
            raise SetSizeError(f"{count} known genes{said}", f"at least {FEWEST} different genes")
        if count > MOST:
            raise SetSizeError(
                f"{count:,} known genes", f"at most {MOST}: leave out those that say least about the set"
            )
        return rank(self.model, np.array(sorted(understood.places)), limit=limit, untested_only=untested_only)

    def described(self, candidate: Candidate) -> dict[str, Any]:
        """Return a candidate with what is known of its gene."""
        genes, place = self.model.genes, candidate.place
        return {
            "rank": candidate.rank,
            "gene_id": genes.gene_ids[place],
            "symbol": genes.symbols[place],
            "score": candidate.score,
            "probability": candidate.probability,
            "target_level": genes.target_levels[place],
            "is_tested": genes.is_tested[place],
            "reasons": candidate.reasons,
        }

    def _find(self, name: str) -> tuple[int | None, str | None]:
        place = self.genes.find(name)
        human = self.by_human_symbol.get(name)
        # Spelt exactly like a mouse gene or in capitals like a human one: the same letters may mean two genes.
        if human is None or (place is not None and name in {self.genes.ids[place], self.genes.labels[place]}):
            return place, None
        if place == human:
            return place, None
        return human, f"{name}: a human symbol, taken as its one-to-one orthologue {self._symbol(human)}"

    def _symbol(self, place: int) -> str:
        return str(self.genes.labels[place] or self.genes.ids[place])


def read(folder: Path) -> Candidates:
    """Read a model folder and ask it once: what is slow the first time is slow before anybody waits."""
    model = read_model(folder)
    found = Candidates(model, Names(model.genes.gene_ids, model.genes.symbols))
    rank(model, np.arange(min(FEWEST, len(model.genes.gene_ids))), limit=1)
    return found


def _near(unknown: UnknownGene) -> str:
    return f"like {', '.join(unknown.near[:3])}" if unknown.near else "nothing is called like it"
