"""Reports that stack tables, spread over files or change their columns, from the mirror to their raw tables."""

import gzip
import json
from pathlib import Path

import pytest

from muster import lake
from muster.settings import configure, settings
from muster.steps.fetch import fetch
from muster.steps.load import load
from muster.warehouse import reader

HITS = '"Gene Symbol","MGI Gene Id","# Phenotype Hits","Phenotype Hits"\n"A","MGI:1","0",""\n'
SUMMARY = '"Phenotype","# Genes*","Gene Symbols"\n"Both fertile","2","Abc1","Zfp1"\n"Both infertile","0"\n'
CONFLICTS = '"Conflicting females","1","Abc1"\n"Conflicting males","0"\n"* includes conflicting data."\n'
DETAILED = (
    '"Gene Symbol","Gene Accession Id","Allele Symbol","Allele Accession Id","Background Strain Name",'
    '"Background Strain Accession Id","Colony Id","Phenotyping Center","Zygosity","Sex","Phenotype","Comment"\n'
    '"Abc1","MGI:1","Abc1<tm1>","MGI:2","B6","MGI:3","J1","JAX","homozygote","female","Fertile","Conflicting Data"\n'
    '"Zfp1","MGI:4","Zfp1<tm1>","MGI:5","B6","MGI:3","J2","JAX","homozygote","male","Fertile"\n'
)
FERTILITY = {
    "select phenotype, gene_count, gene_symbols from raw.fertility_summary": [
        ("Both fertile", "2", "Abc1|Zfp1"),
        ("Both infertile", "0", None),
    ],
    "select phenotype, gene_symbols from raw.fertility_conflicts": [
        ("Conflicting females", "Abc1"),
        ("Conflicting males", None),
    ],
    "select gene_symbol, sex, phenotype, comment from raw.fertility_lines": [
        ("Abc1", "female", "Fertile", "Conflicting Data"),
        ("Zfp1", "male", "Fertile", None),
    ],
}


def ingest(release: str = "18.0") -> dict[str, int]:
    fetch(release)
    return load(release)


def rows(sql: str, release: str = "18.0") -> list[tuple]:
    with reader(release) as warehouse:
        return warehouse.execute(sql).fetchall()


def add(mirror: Path, path: str, text: str, release: str = "18.0") -> None:
    target = mirror / "all-data-releases" / f"release-{release}" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(text.encode()))


def test_tables_stacked_below_the_first_have_raw_tables_of_their_own(write_mirror) -> None:
    below = '" "\n"Gene Symbol","MGI Gene Id","Missing/obsolete MPATH term"\n"C","MGI:3","MPATH:1"\n'
    write_mirror(phenotype_hits_per_gene=HITS + below)

    counts = ingest()

    assert (counts["phenotype_hits_per_gene"], counts["obsolete_pathology_terms"]) == (1, 1)
    assert rows("select gene_id, mpath_term_id from raw.obsolete_pathology_terms") == [("MGI:3", "MPATH:1")]
    assert sorted(path.name for path in settings().warehouse("18.0").parent.iterdir()) == ["18.0.duckdb", "18.0.lock"]


def test_a_table_that_the_file_does_not_have_is_absent_for_that_reason(write_mirror) -> None:
    write_mirror(phenotype_hits_per_gene=HITS)

    ingest()

    told = "select is_absent, absent_reason from raw.files where name = 'obsolete_pathology_terms'"
    assert rows(told) == [(True, "results/phenotypeHitsPerGene.csv.gz has no such table")]
    assert rows("select is_absent from raw.files where name = 'phenotype_hits_per_gene'") == [(False,)]


def test_fertility_is_the_same_whether_stacked_or_split(write_mirror) -> None:
    mirror = write_mirror("23.0", fertility=f'{SUMMARY}""\n{CONFLICTS}""\n{DETAILED}')
    add(mirror, "README.md", "", "24.0")
    for name, text in (("1-summary", SUMMARY), ("2-conflicting", CONFLICTS), ("3-detailed", DETAILED)):
        add(mirror, f"results/fertility-{name}.csv.gz", text, "24.0")

    for release, file, line in (("23.0", "fertility.csv.gz", 7), ("24.0", "fertility-2-conflicting.csv.gz", 3)):
        ingest(release)
        assert {sql: rows(sql, release) for sql in FERTILITY} == FERTILITY
        assert rows("from raw.unplaced_lines", release) == [("fertility", file, line, '"* includes conflicting data."')]
        assert rows("select unplaced_count from raw.files where name = 'fertility_lines'", release) == [(1,)]


def test_a_report_in_words_nobody_declared_is_kept_line_by_line(write_mirror, caplog) -> None:
    mirror = write_mirror("24.0")
    add(mirror, "results/data-overview-by-centre.csv.gz", "Centre,Mice\nJAX,9\n", "24.0")

    ingest("24.0")

    assert rows("select file, line, text from raw.unplaced_lines", "24.0") == [
        ("data-overview-by-centre.csv.gz", 1, "Centre,Mice"),
        ("data-overview-by-centre.csv.gz", 2, "JAX,9"),
    ]
    assert "2 lines fit no table, the first is line 1 of data-overview-by-centre.csv.gz" in caplog.text


def test_parameters_and_procedures_are_the_same_from_one_file_or_two(write_mirror) -> None:
    heading = "{0} Id,{0} Name,Gene Symbols,Gene Accession Ids,# Significant Hits\n{1},a name,Abc1,MGI:1,7\n"
    parameter, procedure = heading.format("Parameter", "P_1"), heading.format("Procedure", "Q_1")
    mirror = write_mirror("15.0", phenotype_hits_per_parameter_and_procedure=f'{parameter}""\n{procedure}')
    add(mirror, "README.md", "", "15.1")
    add(mirror, "results/phenotypeHitsPerParameter.csv.gz", f'{parameter}""\n', "15.1")
    add(mirror, "results/phenotypeHitsPerProcedure.csv.gz", f'{procedure}""\n', "15.1")

    for release in ("15.0", "15.1"):
        ingest(release)
        assert rows("select parameter_id, hit_count from raw.phenotype_hits_per_parameter", release) == [("P_1", "7")]
        assert rows("select procedure_id, hit_count from raw.phenotype_hits_per_procedure", release) == [("Q_1", "7")]


@pytest.mark.parametrize(
    ("release", "who"),
    [
        ("10.1", "Gene Symbol,MGI Gene Id,Allele Symbol,Colony Id,Biological Sample Id,Sex,Phenotyping Centre"),
        ("18.0", "Gene Symbol,Gene Accession Id,Allele Symbol,Allele Accession Id,Colony Id,External Sample Id,"
                 "Zygosity,Phenotyping Center"),
    ],
)  # fmt: skip
def test_each_stained_anatomy_is_a_row_whatever_columns_the_release_has(write_mirror, release: str, who: str) -> None:
    ids = ",".join("MGI:1" if "Gene" in name else "M7" if "Sample" in name else "x" for name in who.split(","))
    header = f"{who},Brain,Vas deferens,LacZ Images Wholemount,LacZ Images Section"
    write_mirror(
        release, lacz_expression=f'{header}\n{ids},expression,"ambiguous, expression",,\n{ids},,no expression,,\n'
    )

    ingest(release)

    found = (
        "select source_row, gene_accession_id, external_sample_id, name, value from raw.lacz_expression order by all"
    )
    assert rows(found, release) == [
        (1, "MGI:1", "M7", "Brain", "expression"),
        (1, "MGI:1", "M7", "Vas deferens", "ambiguous, expression"),
        (2, "MGI:1", "M7", "Vas deferens", "no expression"),
    ]


def test_metadata_that_lie_beside_the_release_are_read_value_by_value(write_mirror) -> None:
    mirror = write_mirror()
    place = mirror / "landing-page-data" / "dr18.0" / "release_metadata.json"
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps({"summaryCounts": {"18.0": {"phentoypeCalls": 99148}}}))

    ingest()

    assert rows("select key_path, value from raw.release_metadata") == [("summaryCounts/18.0/phentoypeCalls", "99148")]
    assert rows("select url from raw.files where name = 'release_metadata'")[0][0].endswith(
        "dr18.0/release_metadata.json"
    )


def test_a_short_row_of_a_lower_table_is_told_by_its_line_in_the_file(write_mirror) -> None:
    below = '" "\n"Gene Symbol","MGI Gene Id","Missing/obsolete MPATH term"\n"C","MGI:3"\n'
    write_mirror(phenotype_hits_per_gene=HITS + below)
    fetch("18.0")

    with pytest.raises(lake.RefusedError, match=r"phenotypeHitsPerGene\.csv\.gz line 5: Expected .*: 3 Found: 2"):
        load("18.0")


@pytest.mark.parametrize("release", ["22.0", "23.0"])
def test_a_simulated_release_fills_every_table(tiny_mirror, release: str) -> None:
    configure(mirror=f"tiny={tiny_mirror.url}")

    ingest(release)

    assert rows("select name from raw.files where (is_absent or row_count = 0) and not is_companion", release) == []
    assert rows("select count(*) from raw.unplaced_lines", release) == [(1,)]
    subsets = "select count(*), count(distinct source_file) from raw.assertion_subsets"
    assert rows(subsets, release) == [(rows("select count(*) from raw.assertions", release)[0][0], 3)]
