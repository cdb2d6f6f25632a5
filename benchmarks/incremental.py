"""The release after: one group in a hundred has other values. What is computed again, and are the bytes the same?"""

import shutil
import time
from hashlib import sha256
from pathlib import Path

import duckdb
from swollen import NEXT_RELEASE, RELEASE, Place, afresh, opened

from muster.settings import settings

CHANGE = """
    update landed.observations set data_point = ((data_point::double) * 1.01)::varchar
    where data_point is not null
        and hash(
            phenotyping_center, pipeline_stable_id, parameter_stable_id, metadata_group, sex, discrete_point
        ) % 100 = 0
"""


def next_release(place: Place) -> list[str]:
    """Transform a release, the one after it beside it, and that one again alone; return what was missed."""
    place.at()
    before, after = place.warehouse, settings().warehouse(NEXT_RELEASE)
    afresh(before)
    if not after.exists():
        _change(before, after)
    first = _transformed(RELEASE)
    afresh(after)
    incremental = _transformed(NEXT_RELEASE)
    told, with_earlier = _reuse(after), _marts(after)
    aside = before.with_suffix(".aside")
    before.rename(aside)
    try:
        afresh(after)
        full = _transformed(NEXT_RELEASE)
        alone = _marts(after)
    finally:
        aside.rename(before)
    differing = sorted(mart for mart in alone.keys() | with_earlier.keys() if alone.get(mart) != with_earlier.get(mart))
    print(
        f"next release, {place.millions:g} M: {incremental:.1f} s beside the one before, {full:.1f} s alone "
        f"(the one before took {first:.1f} s); {told}"
    )
    print(f"  {len(alone)} marts, bytes equal: {'all' if not differing else 'not ' + ', '.join(differing)}", flush=True)
    return [f"{', '.join(differing)} differ from the full rebuild"] if differing else []


def _change(before: Path, after: Path) -> None:
    draft = after.with_suffix(".draft")
    shutil.copy(before, draft)
    with opened(draft) as warehouse:
        warehouse.execute(CHANGE)
        # As loading would: other files, another fingerprint.
        warehouse.execute("update raw.fingerprint set fingerprint = md5(fingerprint || 'next')")
    draft.rename(after)


def _transformed(release: str) -> float:
    # INCREMENTAL: the lead's `muster transform` takes over from the release before what did not change. If it needs to
    # be told which release that is, tell it here; if it looks for a warehouse or a build, nothing is to be done.
    from muster.steps.transform import transform

    start = time.monotonic()
    transform(release)
    return time.monotonic() - start


def _reuse(path: Path) -> str:
    # INCREMENTAL: read here what the transform wrote down of the groups it computed and took over.
    with opened(path) as warehouse:
        has = warehouse.execute(
            "select count(*) from information_schema.columns where table_name = 'int_control_groups' "
            "and column_name = 'is_taken_over'"
        ).fetchall()
        if not has[0][0]:
            return "it does not say what it took over"
        ((taken, computed),) = warehouse.execute(
            "select count(*) filter (is_taken_over), count(*) filter (not is_taken_over) "
            "from intermediate.int_control_groups"
        ).fetchall()
    return f"{computed} groups computed again, {taken} taken over"


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
