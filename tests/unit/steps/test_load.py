import gzip
import json
from pathlib import Path

import pytest

from muster import lake
from muster.landing.companions import CompanionsError
from muster.landing.files import NotFetchedError
from muster.settings import configure, settings
from muster.steps.fetch import fetch
from muster.steps.load import load
from muster.warehouse import reader

REAL = Path(__file__).resolve().parents[4] / "shared" / "data"
NOT_SIMULATED = {"late_adult_parameters", "parameter_crosswalk", "solr_fields"}
HITS_HEADER = '"Gene Symbol","MGI Gene Id","# Phenotype Hits","Phenotype Hits"\n'


def ingest(release: str = "18.0") -> dict[str, int]:
    fetch(release)
    return load(release)


def rows(sql: str, release: str = "18.0") -> list[tuple]:
    with reader(release) as warehouse:
        return warehouse.execute(sql).fetchall()


def test_columns_are_read_by_name_and_rows_keep_their_order(write_mirror) -> None:
    write_mirror(
        phenotype_hits_per_gene="Phenotype Hits,New Column,# Phenotype Hits,MGI Gene Id,Gene Symbol\n"
        "small ears,x,1,MGI:2,Zfp1\n,y,0,MGI:1,Abc1\n"
    )

    counts = ingest()

    assert counts["phenotype_hits_per_gene"] == 2
    assert rows("select source_row, gene_symbol, gene_id, hit_count, hits from raw.phenotype_hits_per_gene") == [
        (1, "Zfp1", "MGI:2", "1", "small ears"),
        (2, "Abc1", "MGI:1", "0", None),
    ]


def test_an_unknown_column_is_kept_and_reported(write_mirror) -> None:
    write_mirror(phenotype_hits_per_gene="Gene Symbol,MGI Gene Id,# Phenotype Hits,Phenotype Hits,Mood\nA,M,0,,good\n")

    ingest()

    assert rows("select mood from raw.phenotype_hits_per_gene") == [("good",)]
    assert rows("select unknown_columns from raw.files where name = 'phenotype_hits_per_gene'") == [(["mood"],)]


def test_a_missing_required_column_refuses_the_release_with_the_remedy(write_mirror) -> None:
    write_mirror(phenotype_hits_per_gene="Gene Symbol,MGI Gene Id,Hit Counts,Phenotype Hits\nA,M,0,\n")
    fetch("18.0")

    with pytest.raises(lake.RefusedError) as raised:
        load("18.0")

    said = str(raised.value)
    assert "phenotypeHitsPerGene.csv.gz (phenotype_hits_per_gene) lacks the required column hit_count" in said
    assert "Its header: Gene Symbol, MGI Gene Id, Hit Counts, Phenotype Hits" in said
    assert "add `renamed: {hit_counts: hit_count}` to phenotype_hits_per_gene in sources.yml" in said
    assert lake.refusal("18.0")["stage"] == "load"
    assert not settings().warehouse("18.0").exists()


def test_a_refused_load_leaves_the_earlier_warehouse_and_is_taken_back_later(write_mirror) -> None:
    write_mirror(phenotype_hits_per_gene=HITS_HEADER + "A,M,0,\n")
    ingest()
    landing = settings().landing / "impc" / "18.0"
    good = (landing / "manifest.json").read_text()
    file = landing / "results" / "phenotypeHitsPerGene.csv.gz"
    content = file.read_bytes()

    file.write_bytes(gzip.compress(b"Nothing\n1\n"))
    sha256 = json.loads(good)["files"]["phenotype_hits_per_gene"]["sha256"]
    (landing / "manifest.json").write_text(good.replace(sha256, "another"))
    with pytest.raises(lake.RefusedError):
        load("18.0")

    assert rows("select gene_symbol from raw.phenotype_hits_per_gene") == [("A",)]
    file.write_bytes(content)
    (landing / "manifest.json").write_text(good)
    load("18.0")
    assert lake.refusal("18.0") is None


def test_an_absent_file_is_an_empty_table_with_its_columns(write_mirror) -> None:
    write_mirror()

    counts = ingest()

    assert counts["viability"] == 0
    assert rows("select gene_symbol, zygosity, source_row from raw.viability") == []
    assert rows("select is_absent, absent_reason from raw.files where name = 'viability'") == [
        (True, "results/viability.csv.gz is not in release 18.0 of the mirror")
    ]


def test_cells_with_quotes_commas_and_newlines_survive(write_mirror) -> None:
    write_mirror(phenotype_hits_per_gene=HITS_HEADER + 'A,M,1,"short ""tail"", kinked\nsecond line"\nB,N,0,""\n')

    ingest()

    assert rows("select source_row, hits from raw.phenotype_hits_per_gene") == [
        (1, 'short "tail", kinked\nsecond line'),
        (2, None),
    ]


def test_a_malformed_row_is_told_with_file_line_value_and_remedy(write_mirror) -> None:
    write_mirror(phenotype_hits_per_gene=HITS_HEADER + "A,M,1,x\nB,N\n")
    fetch("18.0")

    with pytest.raises(lake.RefusedError) as raised:
        load("18.0")

    said = str(raised.value)
    assert "phenotypeHitsPerGene.csv.gz line 3: Expected Number of Columns: 4 Found: 2" in said
    assert "It reads: 'B,N'" in said
    assert "the mirror has to mend it" in said


def test_json_lines_are_read_by_key_whatever_its_spelling(write_mirror) -> None:
    records = [
        {"parameterStableId": "IMPC_BWT_001_001", "name": "Weight", "dataType": "FLOAT", "unitX": "g", "more": [1, 2]},
        {"parameterStableId": "IMPC_XRY_001_001", "name": 'with "quotes"', "dataType": "TEXT", "unitX": None},
    ]
    write_mirror(parameters="".join(json.dumps(record) + "\n" for record in records))

    ingest()

    assert rows("select parameter_stable_id, name, unit_x, unit_y, more, source_row from raw.parameters") == [
        ("IMPC_BWT_001_001", "Weight", "g", None, "[1,2]", 1),
        ("IMPC_XRY_001_001", 'with "quotes"', None, None, None, 2),
    ]


def test_exact_duplicates_are_counted_whatever_their_version(write_mirror) -> None:
    header = (
        "marker_accession_id,marker_symbol,allele_symbol,zygosity,parameter_name,procedure_name,parameter_stable_id,"
        "p_value,effect_size,mp_term_id,status,_version_\n"
    )
    row = "MGI:1,A,A<tm1>,homozygote,Weight,Body,IMPC_BWT_001_001,{p},0.5,,Successful,{version}\n"
    versions = [row.format(p="0.1", version=1), row.format(p="0.1", version=2), row.format(p="0.2", version=3)]
    write_mirror(statistical_results=header + "".join(versions))

    ingest()

    assert rows("select row_count, duplicate_count from raw.files where name = 'statistical_results'") == [(3, 1)]


def test_wide_matrices_become_rows(write_mirror) -> None:
    mirror = write_mirror()
    matrix = "# Expression Atlas\n# 2 genes\nGene ID\tGene Name\t4-somite stage\t5-somite stage\nENS1\tGnai3\t2.5\t\n"
    name = "E-ERAD-401_mouse_embryo_expression_tpm.tsv.gz"
    (mirror / "companions" / name).write_bytes(gzip.compress(matrix.encode()))

    ingest()

    assert rows("select ensembl_id, mouse_symbol, name, value, source_row from raw.embryo_expression") == [
        ("ENS1", "Gnai3", "4-somite stage", "2.5", 1)
    ]


def test_gene_sets_keep_their_members(write_mirror) -> None:
    mirror = write_mirror()
    sets = "2-LTR circle formation\tR-HSA-164843\tBANF1\tHMGA1\n"
    (mirror / "companions" / "ReactomePathways.gmt.gz").write_bytes(gzip.compress(sets.encode()))

    ingest()

    assert rows("select name, term_id, gene_symbols from raw.reactome_pathways") == [
        ("2-LTR circle formation", "R-HSA-164843", "BANF1|HMGA1")
    ]


def test_a_companion_that_cannot_be_read_is_no_fault_of_the_release(write_mirror) -> None:
    mirror = write_mirror()
    (mirror / "companions" / "gene_families.csv.gz").write_bytes(gzip.compress(b"wrong\n1\n"))

    with pytest.raises(CompanionsError, match=r"gene_families\.csv\.gz .* lacks the required columns mgi_id"):
        fetch("18.0")

    assert lake.refusal("18.0") is None


def test_what_is_loaded_already_is_left_alone(write_mirror) -> None:
    write_mirror()
    ingest()
    before = settings().warehouse("18.0").stat().st_mtime_ns

    counts = load("18.0")

    assert counts["phenotype_hits_per_gene"] == 1
    assert settings().warehouse("18.0").stat().st_mtime_ns == before


def test_what_earlier_releases_published_is_recalled(write_mirror, publish_marts) -> None:
    write_mirror()
    calls = "('MGI:1', 'MP:1', 'called'), ('MGI:1', 'MP:2', 'tested')"
    folder = publish_marts(
        "17.0",
        genes="select * from (values ('MGI:1', true), ('MGI:2', false)) as t(gene_id, is_tested)",
        gene_phenotypes=f"select * from (values {calls}) as t(gene_id, mp_term_id, status)",
    )
    content = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**content, "source_rows": {"phenotype_hits_per_gene": 7}}))

    ingest()

    assert rows("from raw.earlier_calls") == [("MGI:1", "MP:1", "17.0")]
    assert rows("from raw.earlier_genes") == [("MGI:1", "17.0")]
    assert rows("from raw.earlier_builds") == [("17.0", "build")]
    assert rows("select previous_row_count from raw.files where name = 'phenotype_hits_per_gene'") == [(7,)]


def test_an_older_release_taken_in_later_is_recalled_at_the_next_load(write_mirror, publish_marts) -> None:
    """A call that vanished and came back was first seen where it was first seen, not where it came back."""
    write_mirror()
    genes = "select 'MGI:1' as gene_id, true as is_tested"
    call = "select 'MGI:1' as gene_id, 'MP:1' as mp_term_id, '{}' as status"
    publish_marts("17.0", genes=genes, gene_phenotypes=call.format("tested"))
    ingest()
    assert rows("from raw.earlier_calls") == []

    publish_marts("16.0", genes=genes, gene_phenotypes=call.format("called"))
    ingest()

    assert rows("from raw.earlier_calls") == [("MGI:1", "MP:1", "16.0")]
    assert rows("from raw.earlier_builds") == [("16.0", "build"), ("17.0", "build")]


def test_a_release_that_is_not_fetched_is_asked_for() -> None:
    with pytest.raises(NotFetchedError, match=r"muster fetch 18\.0"):
        load("18.0")


def test_a_simulated_release_loads_without_unreadable_rows(tiny_mirror) -> None:
    configure(mirror=f"tiny={tiny_mirror.url}")

    counts = ingest("22.0")

    assert {name for name, count in counts.items() if count == 0} == NOT_SIMULATED
    assert rows("select release, released_on::varchar, is_partial from raw.release", "22.0") == [
        ("22.0", "2024-11-04", False)
    ]
    assert rows("select count(*) from raw.images where error is null", "22.0")[0][0] > 50


def test_a_release_that_does_not_tell_its_date_has_that_of_the_history(write_mirror) -> None:
    mirror = write_mirror("18.0", readme="IMPC data release 18.0\n")
    history = (
        "release,date,phenotyped_genes,phenotyped_lines,phenotype_calls\n17.0,2022-07-19,1,1,1\n18.0,2022-11-28,1,1,1\n"
    )
    path = mirror / "companions" / "impc_release_history.csv.gz"
    path.write_bytes(gzip.compress(history.encode()))

    ingest()

    assert rows("select released_on::varchar from raw.release") == [("2022-11-28",)]
    write_mirror("19.0", readme="IMPC data release 19.0\n")
    ingest("19.0")
    assert rows("select released_on from raw.release", "19.0") == [(None,)]


@pytest.mark.skipif(not REAL.exists(), reason="the real IMPC files are not beside this checkout (../shared/data)")
@pytest.mark.parametrize(
    ("release", "table", "row_count", "duplicate_count"),
    [
        ("18.0", "phenotype_hits_per_gene", 8_425, 0),
        ("10.1", "statistical_results", 183_871, 6_365),
        ("16.0", "statistical_results", 92_463, 0),
        ("10.1", "viability", 4_614, 0),
        ("18.0", "viability", 6_803, 0),
    ],
)
def test_real_files_give_the_rows_they_are_known_to_have(
    write_mirror, release: str, table: str, row_count: int, duplicate_count: int
) -> None:
    write_mirror()
    configure(mirror=f"file:{REAL / 'mirror'}")

    ingest(release)

    found = rows(f"select row_count, duplicate_count from raw.files where name = '{table}'", release)
    assert found == [(row_count, duplicate_count)]
