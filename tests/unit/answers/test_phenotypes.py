import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from muster.answers.phenotypes import ModelFilesError, read


def test_the_terms_of_a_gene_come_likeliest_first(write_champion) -> None:
    table = read(write_champion("23.0", "v1", 0.0))

    found = table.of_gene(table.genes.find("Mapk14"), "all", 10)

    assert [(row.mp_term_name, row.rank, row.status) for row in found] == [
        ("premature death", 1, "untested"),
        ("hyperactivity", 2, "untested"),
    ]


def test_the_genes_of_a_term_can_be_the_untested_only(write_champion) -> None:
    table = read(write_champion("23.0", "v1", 0.0))

    found = table.of_term(table.terms.find("MP:0001399"), "untested", 10)

    assert [(row.symbol, row.rank, row.reasons) for row in found] == [
        ("Xyz2", 1, ["interacts with Abcd1"]),
        ("Mapk14", 2, []),
    ]


def test_paths_and_what_speaks_against_come_with_the_reasons(write_champion) -> None:
    folder = write_champion("23.0", "v1", 0.0)
    told = {"reasons": "[]", "paths": '[{"path": "Xyz2 -STRING- Abcd1", "weight": 0.5}]', "against": '["Q is normal"]'}
    row = {"gene_id": "MGI:103", "mp_term_id": "MP:0001399", **told}
    pq.write_table(pa.Table.from_pylist([row]), folder / "explanations.parquet")
    table = read(folder)

    first, second = table.of_term(table.terms.find("MP:0001399"), "untested", 10)

    assert (first.paths, first.against) == (["Xyz2 -STRING- Abcd1"], ["Q is normal"])
    assert (second.paths, second.against) == ([], [])


def test_a_score_is_the_stored_number_to_the_last_bit(write_champion) -> None:
    table = read(write_champion("23.0", "v1", 0.0))

    (row,) = table.of_term(0, "called", 10)

    assert row.score == float(np.float32(0.91))
    assert row.is_held_out


def test_a_pair_without_a_prediction_is_not_shown(write_champion) -> None:
    table = read(write_champion("23.0", "v1", 0.0))

    assert [row.mp_term_id for row in table.of_gene(table.genes.find("Xyz2"), "all", 10)] == ["MP:0001399"]


def test_a_limit_keeps_the_best(write_champion) -> None:
    table = read(write_champion("23.0", "v1", 0.0))

    assert [row.symbol for row in table.of_term(0, "all", 1)] == ["Abcd1"]


def test_a_prediction_for_a_term_the_model_has_not_is_refused(write_champion) -> None:
    folder = write_champion("23.0", "v1", 0.0)
    terms = {"mp_term_id": ["MP:0001399"], "mp_term_name": ["hyperactivity"]}
    pq.write_table(pa.table(terms), folder / "terms.parquet")

    with pytest.raises(ModelFilesError, match="MP:0002083"):
        read(folder)


def test_genes_of_one_probability_come_in_the_order_of_their_ranks(write_champion) -> None:
    folder = write_champion("23.0", "v1", 0.0)
    predictions = pq.read_table(folder / "predictions.parquet")
    calibrated = pa.array([0.5] * len(predictions), pa.float32())
    places = predictions.schema.get_field_index("probability")
    pq.write_table(predictions.set_column(places, "probability", calibrated), folder / "predictions.parquet")

    found = read(folder).of_term(0, "untested", 10)

    assert [row.rank for row in found] == [1, 2]
