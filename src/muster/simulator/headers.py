"""The headers of the files, letter by letter, as `seeds/headers/` keeps them, and how 24.0 changed them."""

from muster.catalog import release_key
from muster.simulator.vocabulary import SEEDS

DROPPED_AT_24 = {
    # From 24.0 the file has 79 columns; which eight went is not documented, so internal keys go here.
    "statistical_results": {
        "db_id",
        "doc_id",
        "external_db_id",
        "organisation_id",
        "phenotyping_center_id",
        "project_id",
        "resource_id",
        "dependent_variable",
    },
    "assertions": {"project_fullname"},
}


def header(name: str) -> list[str]:
    """Return the columns of a file before 24.0, or of a companion.

    >>> header("phenotype_hits_per_gene")
    ['Gene Symbol', 'MGI Gene Id', '# Phenotype Hits', 'Phenotype Hits']
    """
    return (SEEDS / "headers" / f"{name}.csv").read_text().rstrip("\n").split(",")


def header_at(name: str, release: str) -> list[str]:
    """Return the columns of a release file.

    >>> [len(header_at("statistical_results", release)) for release in ("23.0", "24.0")]
    [87, 79]
    """
    columns = header(name)
    if release_key(release) < release_key("24.0"):
        return columns
    if name == "viability":
        columns.insert(columns.index("Colony Id") + 1, "Zygosity")
    return [column for column in columns if column not in DROPPED_AT_24.get(name, set())]
