"""What speaks against a prediction: tested and normal relatives, partners and members, missing expression, columns."""

from collections.abc import Iterator

import numpy as np

from muster.learners.column_groups import factors
from muster.learners.neighbourhood import NAMED, SHARED, Shown, named, row_of
from muster.learners.paths import titled
from muster.learners.tissues import missing_expression

FEWEST_NORMAL = 2
SHORT_BY = 0.5
"""Members of a node speak against where at least so many fewer are called than chance would show."""


def against(term: Shown, gene: int, groups: dict[str, float]) -> list[str]:
    """Return the evidence against in sentences; every gene is compared with what is usual for the term."""
    lowered = factors(groups, raising=False, most=NAMED)
    return [
        *_paralogues(term, gene),
        *_partners(term, gene),
        *_members(term, gene),
        *(missing_expression(term.tissues, gene) if term.tissues else ()),
        *([f"score lowered by {lowered}"] if lowered else []),
    ]


def _paralogues(term: Shown, gene: int) -> Iterator[str]:
    if "family" not in term.near.members:
        return
    membership = term.near.graph.memberships["family"]
    for node in row_of(term.near.belongs["family"], gene):
        others = row_of(term.near.members["family"], int(node))
        normal = others[term.is_normal[others]]
        if len(normal):
            title = titled(membership.node_ids[node], membership.node_names[node])
            tested = int(term.is_tested[others].sum())
            told = f"paralogue{'s' if len(normal) > 1 else ''} {named(term.near, normal)}"
            yield f"{told} of {title}: tested and normal ({len(normal)} of {tested} tested in the family)"


def _partners(term: Shown, gene: int) -> Iterator[str]:
    partners = row_of(term.near.partners, gene)
    normal = partners[term.is_normal[partners]]
    if len(normal) >= FEWEST_NORMAL:
        told = named(term.near, normal[np.lexsort((normal, term.near.degrees[normal]))])
        tested = int(term.is_tested[partners].sum())
        yield (
            f"{len(normal)} of {tested} tested interaction partners are normal for this term: {told} "
            f"({1 - term.prevalence:.0%} of all tested genes are)"
        )


def _members(term: Shown, gene: int) -> Iterator[str]:
    """Name for each kind the gene's node whose members fall furthest short of what chance would show."""
    for kind, members in term.near.members.items():
        nodes = row_of(term.near.belongs[kind], gene)
        if kind == "family" or not len(nodes):
            continue
        expected = term.tested[kind][nodes] * term.prevalence
        short = expected - term.called[kind][nodes]
        # In standard errors: a node of thousands falls short of its expectation by a few genes always.
        place = int((short / np.sqrt(expected + 1)).argmax())
        node, called, tested = int(nodes[place]), *_counts(term, kind, int(nodes[place]))
        if short[place] < SHORT_BY or tested - called < FEWEST_NORMAL:
            continue
        others = row_of(members, node)
        membership = term.near.graph.memberships[kind]
        title = titled(membership.node_ids[node], membership.node_names[node])
        told = named(term.near, others[term.is_normal[others]])
        yield (
            f"{tested - called} of {tested} tested members of {SHARED[kind]} {title} are normal for this term: {told} "
            f"({called} called, {expected[place]:.1f} expected by chance)"
        )


def _counts(term: Shown, kind: str, node: int) -> tuple[int, int]:
    return int(term.called[kind][node]), int(term.tested[kind][node])
