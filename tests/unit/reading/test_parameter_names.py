"""A name means a parameter where it can mean one only."""

from muster.reading.parameter_names import parameter_names

NAMES = parameter_names(
    [
        ("IMPC_ABR_001_001", "Body weight"),
        ("IMPC_DXA_001_001", "Body weight"),
        ("IMPC_ABR_004_001", "6kHz-evoked ABR Threshold"),
    ]
)


def test_a_name_that_one_parameter_bears_is_that_parameter_however_it_is_written() -> None:
    assert NAMES.find("6KHZ.Evoked.ABR threshold", None) == ("IMPC_ABR_004_001", None)


def test_the_procedure_decides_between_parameters_of_one_name_whatever_its_version() -> None:
    assert NAMES.find("Body weight", "IMPC_ABR_002") == ("IMPC_ABR_001_001", None)


def test_a_name_that_may_mean_several_stays_a_name_and_the_remedy_is_told() -> None:
    found, reason = NAMES.find("Body weight", None)

    assert found is None
    assert reason == (
        "'Body weight' is the name of 2 IMPReSS parameters: kept by name;"
        " say which procedure by --set procedure_stable_id=ID"
    )


def test_a_name_nobody_bears_is_told() -> None:
    assert NAMES.find("Trigs", "IMPC_CBC_003") == (
        None,
        "IMPReSS has no parameter 'Trigs' of IMPC_CBC_003: kept by name",
    )
