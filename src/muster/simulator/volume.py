"""A real release's volume: a simulated release's rows again and again, of other parameters and other mice."""

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pandas as pd

from muster.catalog import catalog
from muster.simulator.chance import stream
from muster.simulator.sizes import Size

logger = logging.getLogger(__name__)

PART_ROWS = 1_000_000
"""Measurements in one file, at least."""
LINE_FIELDS = ["colony_id", "gene_id", "symbol", "allele_id", "allele_symbol"]
DOCUMENT_TYPES = {
    "data_point": "DOUBLE",
    "discrete_point": "BIGINT",
    "age_in_days": "BIGINT",
    "age_in_weeks": "BIGINT",
    "weight": "DOUBLE",
    "metadata": "VARCHAR[]",
}


def swell(place: Path, release: str, lines: pd.DataFrame, size: Size, *, seed: int) -> None:
    """Rewrite the statistics and observations of the release in `place` with at least as many rows as `size` says.

    The rows that were there stay as they are, and first. Copied results are never significant, so that the other
    reports still tell the truth; copied measurements belong to other mice, of any of `lines` at the same centre.
    """
    with duckdb.connect() as database:
        database.execute("set preserve_insertion_order = true")
        _swell_statistics(
            database, place / str(catalog().files["statistical_results"].path_at(release)), size.statistics
        )
        folder = place / str(catalog().files["observations"].path_at(release))
        _swell_observations(database, folder, lines, size.measurements, seed)


def _swell_statistics(database: duckdb.DuckDBPyConnection, path: Path, wanted: int) -> None:
    database.execute(f"create table results as select * from read_csv('{path}', all_varchar = true)")
    ((count,),) = database.execute("select count(*) from results").fetchall()
    copies = -(-wanted // count)
    fresh = path.with_name(f"fresh.{path.name}")
    # Another parameter of the same line: another id, another estimate, never below the threshold.
    database.execute(
        f"""
        copy (
            with copied as (
                select results.*, copy, (hash(rowid, copy) % 1000000) / 1000000 as chance
                from results cross join range({copies}) as copies (copy)
                order by copy, rowid
            )
            select * exclude (copy, chance) replace (
                case when copy = 0 then parameter_stable_id else parameter_stable_id || '_' || copy end
                    as parameter_stable_id,
                _version_::ubigint + copy as _version_,
                case
                    when copy = 0 then p_value
                    when p_value is not null then round(0.0001 + 0.9999 * chance, 6)::varchar
                end as p_value,
                case when copy = 0 then effect_size else round(effect_size::double * chance, 6)::varchar end
                    as effect_size,
                case when copy = 0 then mp_term_id end as mp_term_id,
                case when copy = 0 then mp_term_name end as mp_term_name,
                case when copy = 0 then top_level_mp_term_id end as top_level_mp_term_id,
                case when copy = 0 then top_level_mp_term_name end as top_level_mp_term_name,
                case when copy = 0 then classification_tag else 'Not significant' end as classification_tag
            )
            from copied
        ) to '{fresh}' (format csv, header, compression gzip)
        """
    )
    fresh.replace(path)
    logger.info("simulate: %d statistical results", count * copies)


def _swell_observations(
    database: duckdb.DuckDBPyConnection, folder: Path, lines: pd.DataFrame, wanted: int, seed: int
) -> None:
    sources = sorted(folder.glob("*.json.gz"))
    files = ", ".join(f"'{path}'" for path in sources)
    keys = database.execute(
        f"select distinct unnest(json_keys(json)) as key from read_ndjson_objects([{files}]) order by key"
    ).fetchall()
    typed = ", ".join(f"'{key}': '{DOCUMENT_TYPES.get(key, 'VARCHAR')}'" for (key,) in keys)
    read = f"read_json([{files}], format = 'newline_delimited', columns = {{{typed}}})"
    database.execute(f"create table documents as select * from {read}")
    ((count,),) = database.execute("select count(*) from documents").fetchall()
    _list_lines(database, lines, seed)
    copies = -(-min(PART_ROWS, wanted) // count)
    part_count = -(-wanted // (count * copies))

    def write(part: int) -> None:
        with database.cursor() as cursor:
            cursor.execute(_part(folder / f"swollen-{part:05d}.json.gz", range(part * copies, (part + 1) * copies)))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done, _ in enumerate(pool.map(write, range(part_count)), start=1):
            logger.info("simulate: %d of %d parts of measurements", done, part_count)
    for path in sources:
        path.unlink()
    for path in folder.glob("swollen-*.json.gz"):
        path.rename(path.with_name(path.name.replace("swollen", "part")))


def _list_lines(database: duckdb.DuckDBPyConnection, lines: pd.DataFrame, seed: int) -> None:
    shuffled = lines.iloc[stream(seed, "volume").permutation(len(lines))]
    listed = shuffled.assign(place=shuffled.groupby("centre").cumcount())[["centre", "place", *LINE_FIELDS]]
    database.register("listed", listed)
    database.execute("create table lines as select * from listed")
    database.execute("create table centres as select centre, count(*) as line_count from lines group by centre")


def _part(path: Path, copies: range) -> str:
    def other(field: str, ours: str) -> str:
        return (
            f"case when copy = 0 or documents.{field} is null then documents.{field} else lines.{ours} end as {field}"
        )

    def fresh(field: str) -> str:
        return f"case when copy = 0 then documents.{field} else md5(documents.{field} || '/' || copy) end as {field}"

    return f"""
        copy (
            select documents.* replace (
                {fresh("specimen_id")}, {fresh("observation_id")}, {fresh("experiment_id")},
                documents.external_sample_id || case when copy = 0 then '' else '-' || copy end as external_sample_id,
                case
                    when copy = 0 or biological_sample_group = 'control' then documents.colony_id
                    else lines.colony_id
                end as colony_id,
                {other("gene_accession_id", "gene_id")}, {other("gene_symbol", "symbol")},
                {other("allele_accession_id", "allele_id")}, {other("allele_symbol", "allele_symbol")},
                case
                    when copy = 0 then data_point
                    else round(data_point * (0.98 + (hash(observation_id, copy) % 1000) / 25000), 4)
                end as data_point
            )
            from documents
            cross join range({copies.start}, {copies.stop}) as copies (copy)
            inner join centres on documents.phenotyping_center = centres.centre
            left join lines
                on lines.centre = centres.centre
                and lines.place = (hash(documents.colony_id) % 100000 + copy) % centres.line_count
            order by copy, documents.rowid
        ) to '{path}' (format json, compression gzip)
    """
