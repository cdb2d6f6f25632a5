import duckdb

from muster.quality.references import reference_frame


def test_terms_are_looked_up_in_the_ontology_with_those_that_were_merged(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute(
        "create table raw.mp_ontology as select * from (values ('MP:1', 'MP:8|MP:9'), ('MP:2', '')) as"
        " rows(mp_term_id, alternative_ids)"
    )
    warehouse.execute(
        "create table raw.assertions as select unnest(['MP:1', 'MP:9', 'MP:7', 'MP:7', 'MPATH:1']) as mp_term_id"
    )

    frame = reference_frame(warehouse, "22.0")

    assert frame is not None
    (terms,) = frame.data.to_dict("records")
    assert terms["reference"] == "assertions.mp_term_id in mp_ontology"
    assert (terms["id_count"], terms["known_count"], terms["known_share"]) == (3, 2, 2 / 3)
    assert terms["examples"] == "MP:7"


def test_a_table_that_defines_nothing_is_asked_nothing(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("create table raw.mp_ontology (mp_term_id varchar)")
    warehouse.execute("create table raw.assertions as select 'MP:1' as mp_term_id")

    assert reference_frame(warehouse, "22.0") is None
