"""The release after: one group in a hundred has other values. What is computed again, and are the bytes the same?"""

import shutil
import time
from hashlib import sha256
from pathlib import Path

import duckdb
from swollen import NEXT_RELEASE, RELEASE, Place, afresh, opened

from muster.settings import settings
from muster.steps.transform import transform

CHANGE = """
    update landed.observations set data_point = ((data_point::double) * 1.01)::varchar
    where data_point is not null
        and hash(
            phenotyping_center, pipeline_stable_id, parameter_stable_id, metadata_group, sex, discrete_point
        ) % 100 = 0
"""


def next_release(place: Place) -> list[str]:
    """Transform a release, the one after it with what is known of the first, and that one from nothing; compare."""
    place.at()
    before, after = place.warehouse, settings().warehouse(NEXT_RELEASE)
    afresh(before)
    first = _transformed(RELEASE)
    _change(before, after)
    try:
        _recall(after, before)
        incremental = _transformed(NEXT_RELEASE)
        computed, kept = _groups(after)
        marts = _marts(after)
        afresh(after)
        _recall(after, None)
        full = _transformed(NEXT_RELEASE)
        rebuilt = _marts(after)
    finally:
        after.unlink()
    print(
        f"next release, {place.millions:g} M: {incremental:.1f} s, {computed} groups computed and {kept} taken over; "
        f"from nothing {full:.1f} s (the release before took {first:.1f} s)"
    )
    differing = sorted(mart for mart in rebuilt.keys() | marts.keys() if rebuilt.get(mart) != marts.get(mart))
    print(f"  bytes equal: {len(rebuilt) - len(differing)} of {len(rebuilt)} marts {', '.join(differing)}", flush=True)
    missed = [f"{', '.join(differing)} differ from the full rebuild"] if differing else []
    return missed + ([f"only {kept} groups taken over of {computed + kept}"] if kept < computed else [])


def _change(before: Path, after: Path) -> None:
    draft = after.with_suffix(".draft")
    shutil.copy(before, draft)
    afresh(draft)
    with opened(draft) as warehouse:
        warehouse.execute(CHANGE)
        # As loading would: other files, another fingerprint.
        warehouse.execute("update raw.fingerprint set fingerprint = md5(fingerprint || 'next')")
    draft.rename(after)


def _recall(after: Path, before: Path | None) -> None:
    """Let a release know the control groups of the one before, as loading does from the lake, or nothing."""
    with opened(after) as warehouse:
        warehouse.execute("delete from raw.earlier_control_groups")
        if before:
            columns = ", ".join(warehouse.table("raw.earlier_control_groups").columns)
            warehouse.execute(f"attach '{before}' as before (read_only)")
            warehouse.execute(
                f"insert into raw.earlier_control_groups select {columns} from before.marts.control_groups"
            )


def _transformed(release: str) -> float:
    start = time.monotonic()
    transform(release)
    return time.monotonic() - start


def _groups(path: Path) -> tuple[int, int]:
    """Return how many control groups were computed and how many were taken over."""
    with opened(path) as warehouse:
        ((computed, kept),) = warehouse.execute(
            "select count(*) filter (not is_kept), count(*) filter (is_kept) from intermediate.int_controls_summarised"
        ).fetchall()
    return computed, kept


def _marts(path: Path) -> dict[str, str]:
    """Return the hash of each mart's Parquet, its rows in one order."""
    folder = path.with_suffix(".marts")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        with opened(path) as warehouse:
            marts = warehouse.execute(
                "select table_name from information_schema.tables where table_schema = 'marts' order by table_name"
            ).fetchall()
            return {mart: _hash(warehouse, mart, folder / f"{mart}.parquet") for (mart,) in marts}
    finally:
        shutil.rmtree(folder)


def _hash(warehouse: duckdb.DuckDBPyConnection, mart: str, path: Path) -> str:
    warehouse.execute("set preserve_insertion_order = true")
    warehouse.execute(f"copy (from marts.{mart} order by all) to '{path}' (compression zstd)")
    with path.open("rb") as parquet:
        digest = sha256()
        while block := parquet.read(1 << 20):
            digest.update(block)
    path.unlink()
    return digest.hexdigest()
