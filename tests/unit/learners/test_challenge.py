from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from muster.learners.challenge import compare

GENES = 300


def write_predictions(folder: Path, noise: float, *, untested: bool = False) -> Path:
    """Write one term's scores: the label plus noise, the same every time."""
    chance = np.random.default_rng(3)
    label = chance.random(GENES) < 0.3
    score = label + noise * chance.normal(size=GENES)
    status = ["untested"] * GENES if untested else ["called" if positive else "tested" for positive in label]
    columns = {
        "gene_id": [f"MGI:{number}" for number in range(GENES)],
        "mp_term_id": ["MP:1"] * GENES,
        "score": score.astype(np.float32),
        "status": status,
        "is_held_out": [not untested] * GENES,
    }
    folder.mkdir()
    pq.write_table(pa.table(columns), folder / "predictions.parquet")
    return folder


def test_a_clearly_worse_challenger_is_seen(tmp_path: Path) -> None:
    good, bad = write_predictions(tmp_path / "good", 0.4), write_predictions(tmp_path / "bad", 5.0)

    result = compare("xgboost_per_term", bad, good)

    assert result is not None
    assert result.is_clearly_worse
    assert result.shared == GENES


def test_the_same_model_is_not_worse_than_itself(tmp_path: Path) -> None:
    first, second = write_predictions(tmp_path / "first", 1.0), write_predictions(tmp_path / "second", 1.0)

    result = compare("xgboost_per_term", second, first)

    assert result is not None
    assert result.difference == (0.0, 0.0, 0.0)
    assert not result.is_clearly_worse


def test_a_comparison_is_the_same_every_time(tmp_path: Path) -> None:
    good, bad = write_predictions(tmp_path / "good", 0.9), write_predictions(tmp_path / "bad", 1.0)

    assert compare("xgboost_per_term", bad, good) == compare("xgboost_per_term", bad, good)


def test_genes_the_champion_knew_as_untested_count(tmp_path: Path) -> None:
    challenger = write_predictions(tmp_path / "new", 0.4)
    champion = write_predictions(tmp_path / "old", 5.0, untested=True)

    result = compare("xgboost_per_term", challenger, champion)

    assert result is not None
    assert result.difference[1] > 0


def test_without_a_shared_known_answer_there_is_no_comparison(tmp_path: Path) -> None:
    challenger = write_predictions(tmp_path / "new", 0.4, untested=True)
    champion = write_predictions(tmp_path / "old", 0.4)

    assert compare("xgboost_per_term", challenger, champion) is None


def write_radiographs(folder: Path, wrong: float) -> Path:
    """Write two pictures of each of 100 mice; a share of the answers for the sex is wrong, every view is right."""
    chance = np.random.default_rng(7)
    is_male = np.repeat(chance.random(100) < 0.5, 2)
    is_wrong = chance.random(200) < wrong
    columns = {
        "image_id": [f"i{number}" for number in range(200)],
        "specimen_id": [f"m{number // 2}" for number in range(200)],
        "sex": ["male" if male else "female" for male in is_male[:-2]] + ["unknown"] * 2,
        "view": ["lateral"] * 200,
        "p_male": np.where(is_male != is_wrong, 0.9, 0.1),
        "found_view": ["lateral"] * 200,
        "is_held_out": [True] * 200,
    }
    folder.mkdir()
    pq.write_table(pa.table(columns), folder / "predictions.parquet")
    return folder


def test_image_networks_are_compared_by_right_answers_on_the_same_mice(tmp_path: Path) -> None:
    good, bad = write_radiographs(tmp_path / "good", 0.0), write_radiographs(tmp_path / "bad", 0.3)

    result = compare("image_network", bad, good)

    assert result is not None
    assert (result.metric, result.shared) == ("accuracy", 100)
    assert result.is_clearly_worse
    assert -0.25 < result.difference[0] < -0.1


def write_viability(folder: Path, noise: float) -> Path:
    """Write probabilities of 300 genes, the true outcome's raised, then blurred."""
    chance = np.random.default_rng(9)
    outcomes = np.array(["lethal", "subviable", "viable"])
    truth = outcomes[chance.integers(0, 3, GENES)]
    scores = {outcome: (truth == outcome) + noise * chance.normal(size=GENES) for outcome in outcomes}
    columns = {"gene_id": [f"MGI:{number}" for number in range(GENES)], **scores, "outcome": truth}
    folder.mkdir()
    pq.write_table(pa.table({**columns, "is_held_out": [True] * GENES}), folder / "predictions.parquet")
    return folder


def test_viability_models_are_compared_over_all_outcomes(tmp_path: Path) -> None:
    good, bad = write_viability(tmp_path / "good", 0.3), write_viability(tmp_path / "bad", 3.0)

    result = compare("xgboost_classifier", bad, good)

    assert result is not None
    assert (result.metric, result.shared) == ("auroc", GENES)
    assert result.is_clearly_worse
