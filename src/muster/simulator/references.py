"""The reference files as their publishers write them: MP as OBO, GO annotations as GAF, MGI's and IMPReSS's tables."""

import numpy as np
import pandas as pd

from muster.simulator.categories import judged
from muster.simulator.consortium import Consortium
from muster.simulator.curves import PARAMETER_ID, PARAMETER_NAME
from muster.simulator.knowledge import annotations
from muster.simulator.vocabulary import offers, rows, terms
from muster.simulator.writing import table

OBSOLETE = [
    ("MP:0000002", "obsolete Morphology", ""),
    # The one that has a successor, so that replacement is used somewhere.
    ("MP:0000004", "obsolete adiposity", "MP:0010024"),
]
#: Every so many annotations GAF says NOT, and every so many that nothing is known.
NEGATED_EVERY, UNKNOWN_EVERY = 50, 40
#: What the simulated GO terms lie under, by number: a hierarchy that means nothing.
GO_GROUPS = 8
EVIDENCE = ["IEA", "ISO", "IBA", "IDA"]


def gene_sets(consortium: Consortium, source: str) -> list[np.ndarray]:
    """Return the gene sets of `go` or `reactome`."""
    return annotations(consortium.genes, source, {"go": 3, "reactome": 2}[source], consortium.seed)


def ontology() -> str:
    """Return the terms as OBO, with synonyms, an obsolete term and one that was replaced."""
    stanzas = ["format-version: 1.2\ndata-version: releases/2024-01-15\nontology: mp\n"]
    for term in rows(terms().reset_index()):
        lines = [f"id: {term.mp_term_id}", f"name: {term.mp_term_name}"]
        lines.append(f'synonym: "{term.mp_term_name} (simulated)" EXACT []')
        lines += [f"is_a: {parent}" for parent in term.parent_ids.split("|") if parent]
        stanzas.append("[Term]\n" + "\n".join(lines) + "\n")
    for term_id, name, successor in OBSOLETE:
        lines = [f"id: {term_id}", f"name: {name}", "is_obsolete: true"]
        lines += [f"replaced_by: {successor}"] if successor else []
        stanzas.append("[Term]\n" + "\n".join(lines) + "\n")
    return "\n".join(stanzas)


def vocabulary() -> str:
    """Return MGI's list of the terms: id, name, definition."""
    frame = terms().reset_index()
    definitions = "simulated definition of " + frame["mp_term_name"]
    return table([], [frame["mp_term_id"], frame["mp_term_name"], definitions], separator="\t")


def go_annotations(consortium: Consortium) -> str:
    """Return the GO gene sets as GAF 2.2, a few annotations negated or without knowledge."""
    ids, symbols = consortium.genes["gene_id"].to_numpy(), consortium.genes["symbol"].to_numpy()
    lines = ["!gaf-version: 2.2", "!date-generated: 2024-11-01T00:00", "!generated-by: the simulator"]
    count = 0
    for number, members in enumerate(gene_sets(consortium, "go")):
        for member in members:
            count += 1
            is_unknown = count % UNKNOWN_EVERY == 0
            qualifier = "NOT|involved_in" if count % NEGATED_EVERY == 0 else "involved_in"
            term = "GO:0008150" if is_unknown else f"GO:99{number:05d}"
            evidence = "ND" if is_unknown else EVIDENCE[count % len(EVIDENCE)]
            cells = ["MGI", ids[member], symbols[member], qualifier, term, "GO_REF:0", evidence, "", "P", "", ""]
            lines.append("\t".join([*cells, "protein", "taxon:10090", "20241101", "MGI", "", ""]))
    return "\n".join(lines) + "\n"


def go_ontology(consortium: Consortium) -> str:
    """Return the terms of the GO gene sets as OBO, each below a group of terms, the groups below the root."""
    stanzas = ["format-version: 1.2\ndata-version: releases/2024-11-01\nontology: go\n"]
    count = len(gene_sets(consortium, "go"))
    groups = [f"GO:98{number:05d}" for number in range(GO_GROUPS)]
    listed = [("GO:0008150", "biological_process", "")]
    listed += [(group, f"simulated group of processes {number}", "GO:0008150") for number, group in enumerate(groups)]
    listed += [(f"GO:99{n:05d}", f"simulated process {n}", groups[n % GO_GROUPS]) for n in range(count)]
    for term_id, name, parent in listed:
        lines = [f"id: {term_id}", f"name: {name}", "namespace: biological_process"]
        stanzas.append("[Term]\n" + "\n".join([*lines, *([f"is_a: {parent}"] if parent else [])]) + "\n")
    return "\n".join(stanzas)


def ensembl_genes(genes: pd.DataFrame) -> str:
    """Return the Ensembl id of each gene."""
    columns = [genes["symbol"], genes["gene_id"], genes["ensembl_id"]]
    return table(["Marker.Symbol", "MGI.Accession.ID", "Gene.ID"], columns, separator="\t")


def hgnc_orthologues(genes: pd.DataFrame) -> str:
    """Return the HGNC id of each gene that has one human partner."""
    known = genes[genes["is_one_to_one"]]
    return table(["HGNC.ID", "MGI.ID"], [known["hgnc_id"], known["gene_id"]], separator="\t")


def impress_parameters() -> str:
    """Return the parameters on offer, each row twice as in the public copy."""
    parameters = offers().drop_duplicates("parameter_id")
    names = [
        "parameterId",
        "parameterKey",
        "type",
        "name",
        "isDerived",
        "isRequired",
        "valueType",
        "procedureId",
        "unit",
    ]
    described = [(each.parameter_id, "simpleParameter", each.parameter_name, "FLOAT") for each in rows(parameters)]
    described += [(each.parameter_id, "simpleParameter", each.parameter_name, "TEXT") for each in judged()]
    described.append((PARAMETER_ID, "seriesMediaParameter", PARAMETER_NAME, "FLOAT"))
    listed = [
        (number, parameter_id, kind, name, False, True, value_type, number, "")
        for number, (parameter_id, kind, name, value_type) in enumerate(described, start=1)
    ]
    return table(names, list(zip(*(listed + listed), strict=True)))
