import json
from pathlib import Path

import pytest

from muster import registry
from muster.learners.frozen import FrozenChangedError, freeze, freeze_fitted, verified


@pytest.fixture
def version() -> Path:
    with registry.save("viability", "1.0", "v1") as folder:
        (folder / "predictions.parquet").write_bytes(b"as they were")
        (folder / "manifest.json").write_text("{}")
    return registry.folder("viability", "1.0", "v1")


def test_a_version_is_frozen_once(version: Path, publish_marts) -> None:
    first = freeze("viability", version)
    publish_marts("2.0", genes="select 'MGI:1' as gene_id")

    again = freeze("viability", version)

    assert again == first
    assert first.newest_published is None
    assert list(first.files) == ["predictions.parquet"]
    assert first.is_before("2.0")


def test_a_version_frozen_when_a_release_was_out_is_no_forecast_of_it(version: Path, publish_marts) -> None:
    publish_marts("2.0", genes="select 'MGI:1' as gene_id")

    record = freeze("viability", version)

    assert not record.is_before("2.0")
    assert record.is_before("3.0")


@pytest.mark.parametrize("change", ["other bytes", None])
def test_changed_or_missing_predictions_are_refused(version: Path, change: str | None) -> None:
    freeze("viability", version)
    path = version / "predictions.parquet"
    path.unlink() if change is None else path.write_text(change)

    with pytest.raises(
        FrozenChangedError,
        match=r"viability v1 of release 1\.0: predictions.parquet changed .*frozen/1\.0-v1\.json.* restore",
    ):
        verified("viability", version)


def test_a_version_that_is_fitted_again_is_frozen_as_of_then(
    version: Path, publish_marts, caplog: pytest.LogCaptureFixture
) -> None:
    first = freeze("viability", version)
    assert freeze_fitted("viability", version) == first
    publish_marts("2.0", genes="select 'MGI:1' as gene_id")
    (version / "predictions.parquet").write_bytes(b"fitted again")

    again = freeze_fitted("viability", version)

    assert first.is_before("2.0")
    assert not again.is_before("2.0")
    assert verified("viability", version) == again
    assert "other predictions, which are gone" in caplog.text


def test_the_record_is_read_only_and_lies_outside_the_version(version: Path) -> None:
    freeze("viability", version)

    (path,) = (version.parent.parent / "frozen").glob("*.json")
    assert path.stat().st_mode & 0o222 == 0
    assert json.loads(path.read_text())["version"] == "v1"
    assert registry.versions("viability") == [("1.0", "v1")]
