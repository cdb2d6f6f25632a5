import duckdb

from muster.quality.verdicts import verdict_frame


def test_each_parameter_and_centre_has_one_verdict_with_how_far_off_it_is(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute(
        "create table marts.unit_evidence as select 'glucose' as trait_id, 'IMPC_CBC_018_001' as parameter_id,"
        " 'TCP_001' as pipeline_id, 'TCP' as centre, 'mg/dl' as unit, 80 as control_count,"
        " 'label doubtful' as verdict, *"
        " from (values (true, true, -1.2557, 'mg/dl', 0.02), (false, false, 0.0, 'mmol/l', 0.98)) as"
        " rows(is_label, is_chosen, shift, reading, probability)"
    )

    frame = verdict_frame(warehouse, "22.0")

    assert frame is not None
    assert frame.data.to_dict("records") == [
        {
            "trait_id": "glucose", "parameter_id": "IMPC_CBC_018_001", "pipeline_id": "TCP_001", "centre": "TCP",
            "unit": "mg/dl", "control_count": 80.0, "fold": 0.0555,
            "likely_reading": "mmol/l", "probability": 0.98, "verdict": "label doubtful",
        }
    ]  # fmt: skip


def test_without_evidence_there_is_no_verdict(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert verdict_frame(warehouse, "22.0") is None
