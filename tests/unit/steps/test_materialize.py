import hashlib
import shutil
from pathlib import Path

import duckdb
import pytest

from muster.settings import configure, settings
from muster.specs import Split
from muster.steps import materialize as step
from muster.steps.materialize import materialize


def feature_files() -> dict[str, str]:
    return {
        f"{path.parent.name}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(settings().features.glob("gene_*/*.parquet"))
    }


def test_each_release_has_one_file_a_view(feature_workspace: Path) -> None:
    assert list(feature_files()) == [
        f"{view}/{release}.parquet"
        for view in ("gene_embedding", "gene_labels", "gene_summary")
        for release in ("1.0", "2.0")
    ]


def test_timestamps_are_the_release_date_in_microseconds(feature_workspace: Path) -> None:
    path = settings().features / "gene_summary" / "1.0.parquet"

    ((kind, moment),) = duckdb.sql(
        f"select any_value(typeof(event_timestamp)), min(event_timestamp)::varchar from read_parquet('{path}')"
    ).fetchall()

    assert kind == "TIMESTAMP WITH TIME ZONE"
    assert moment.startswith("2024-01-31")


def test_a_family_is_in_one_fold_in_every_release(feature_workspace: Path) -> None:
    labels = settings().features / "gene_labels" / "*.parquet"
    genes = settings().lake / "2.0" / "current" / "genes.parquet"

    ((split_families,),) = duckdb.sql(f"""
        select count(*) from (
            select family_id from read_parquet('{labels}') inner join read_parquet('{genes}') using (gene_id)
            where family_id is not null group by family_id having count(distinct fold) > 1)
    """).fetchall()

    assert split_families == 0


def test_a_second_run_leaves_every_byte_and_asks_feast_nothing(
    feature_workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = feature_files()
    monkeypatch.setattr(step, "open_store", lambda *_: pytest.fail("the online store is filled again"))

    materialize("2.0")

    assert feature_files() == before


def test_a_lost_file_is_written_again_with_the_same_bytes(
    feature_workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = feature_files()
    (settings().features / "gene_summary" / "2.0.parquet").unlink()
    monkeypatch.setattr(step, "open_store", lambda *_: pytest.fail("the online store is filled again"))

    materialize("2.0")

    assert feature_files() == before


def test_features_that_other_code_wrote_are_never_mixed_in(
    feature_workspace: Path, tmp_path: Path, monkeypatch
) -> None:
    shutil.copytree(feature_workspace, tmp_path / "copy", symlinks=True)
    configure(data=tmp_path / "copy")
    path = settings().features / "manifests" / "1.0.json"
    path.write_text(path.read_text().replace('"source": "', '"source": "other'))
    monkeypatch.setattr(step, "_apply", lambda _: None)

    materialize("2.0")

    assert {name.split("/")[1] for name in feature_files()} == {"2.0.parquet"}


def test_two_specs_with_different_family_folds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    splits = {"one": Split(by="gene_family", seed=1), "other": Split(by="gene_family", seed=2)}
    monkeypatch.setattr(step, "model_names", lambda: list(splits))
    monkeypatch.setattr(step, "load_spec", lambda name: FakeSpec(splits[name]))

    with pytest.raises(step.SplitError, match="one, other split gene families differently"):
        step.family_split()


class FakeSpec:
    def __init__(self, split: Split) -> None:
        self.split = split
