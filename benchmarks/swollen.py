"""A loaded release of many measurements, made inside its warehouse: simulated mice again and again, as other mice.

A mouse becomes other mice of other lines, measured in other months and by other equipment, with ten times as many
parameters: at 70 M some 9,500 lines, 285 parameters at each of 8 centres, 22,000 groups of measurements that share
centre, pipeline, parameter, equipment, sex and time. Every cell stays text, as it is loaded. Other reports are small.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from muster.settings import ROOT, Settings, configure, settings

RELEASE = "24.0"
NEXT_RELEASE = "24.1"
VARIANTS = 10
"""Parameters made of one; a centre of IMPC has some 300 that are numbers."""
CONTROLS = 4
"""Wild-type mice made of one for each mutant: real releases hold nearly as many of them as of mutants."""
SHIFT_DAYS = 60
EQUIPMENT = 3
"""Pieces of equipment one after the other."""

OTHERS = f"""
    create temp table first as from landed.observations;
    create temp table lines as
    select *, row_number() over (partition by centre order by gene_id, symbol) - 1 as place
    from (
        select distinct phenotyping_center as centre, marker_symbol as symbol, marker_accession_id as gene_id
        from landed.statistical_results where marker_accession_id is not null
    );
    create temp table line_counts as select centre, count(*) as line_count from lines group by centre;
    create temp table stems as
    select parameter_stem || '_001' as other_id, row_number() over (order by parameter_stem) - 1 as place
    from read_csv('{ROOT}/dbt/seeds/parameter_traits.csv', all_varchar = true) as mappings
    inner join read_csv('{ROOT}/dbt/seeds/trait_definitions.csv', all_varchar = true) as traits using (trait_id)
    where traits.kind <> 'series';
    create temp table parameters as
    with known as (
        select *, dense_rank() over (order by parameter_id) - 1 as place
        from (select distinct parameter_stable_id as parameter_id from first)
    )
    select parameter_id, variant, case when variant = 0 then parameter_id else other_id end as other_id
    from known cross join range({VARIANTS}) as variants (variant)
    left join stems on stems.place = (known.place * {VARIANTS} + variant) % (select count(*) from stems);
"""
"""Lines and parameters that copies may have: genes of the statistics, parameters that a trait is known for."""

COPIES = """
    insert into landed.observations by name
    with mice as (
        select
            first.* exclude (weight) replace (
                md5(specimen_id || '/' || round || '/' || twin) as specimen_id,
                case when is_mutant then first.colony_id || '-' || round else first.colony_id end as colony_id,
                case when is_mutant then lines.symbol end as gene_symbol,
                case when is_mutant then lines.gene_id end as gene_accession_id,
                case when is_mutant then replace(allele_symbol, first.gene_symbol, lines.symbol) || '-' || round end
                    as allele_symbol,
                md5(metadata_group || '/' || (round * {equipment} // {rounds})) as metadata_group,
                strftime(
                    left(date_of_experiment, 10)::date - (round * {shift} + twin * {shift} // {controls})::integer,
                    '%Y-%m-%dT00:00:00Z'
                ) as date_of_experiment
            ),
            weight, round, twin
        from (
            select *, biological_sample_group <> 'control' as is_mutant
            from first where observation_type <> 'image_record'
        ) as first
        cross join range({rounds}) as rounds (round)
        inner join range({controls}) as twins (twin) on twin = 0 or not is_mutant
        inner join line_counts on first.phenotyping_center = line_counts.centre
        left join lines
            on line_counts.centre = lines.centre
            and lines.place = (hash(first.colony_id) % 100000 + round) % line_counts.line_count
    )
    select mice.* exclude (is_mutant, round, twin) replace (
        md5(observation_id || '/' || round || '/' || twin || '/' || variant) as observation_id,
        other_id as parameter_stable_id,
        -- A count stays a whole number.
        case
            when contains(data_point, '.')
                then round(
                    data_point::double * (0.98 + (hash(observation_id, round, twin, variant) % 1000) / 25000), 4
                )::varchar
            else data_point
        end as data_point
    )
    from mice
    inner join parameters
        on mice.parameter_stable_id = parameters.parameter_id and (variant = 0 or data_point is not null)
    where round > 0 or twin > 0 or variant > 0
"""


@dataclass(frozen=True)
class Place:
    """Where a loaded release of so many measurements lies, and its rows for those who cannot read a warehouse."""

    data: Path
    millions: float

    @property
    def warehouse(self) -> Path:
        return self.at().warehouse(RELEASE)

    @property
    def text(self) -> Path:
        """The loaded rows, every cell as text."""
        return self.data / "text.parquet"

    @property
    def typed(self) -> Path:
        """The measurements alone, typed and narrow: what the bare pass is given."""
        return self.data / "typed.parquet"

    @property
    def mapping(self) -> Path:
        """Trait and factor of each parameter: what the peers are given."""
        return self.data / "mapping.parquet"

    def at(self) -> Settings:
        """Let muster work here."""
        mirror = self.data.parent / "mirror"
        return configure(data=self.data, mirror=f"file:{mirror}", companions=str(mirror / "companions"))


def loaded(home: Path) -> Place:
    """Return the release of size demo, simulated, fetched and loaded below `home` where it is not there yet."""
    from muster.simulator.simulate import simulate
    from muster.steps.fetch import fetch
    from muster.steps.load import load

    simulate("demo", home / "mirror", [RELEASE])
    place = Place(home / "demo", 0)
    place.at()
    fetch(RELEASE)
    load(RELEASE)
    return place


def swollen(home: Path, millions: float) -> Place:
    """Return a release with at least so many million measurements, made where it is not there yet."""
    place = Place(home / f"{millions:g}", millions)
    path = place.warehouse
    if not path.exists():
        draft = path.with_suffix(".draft")
        draft.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(loaded(home).warehouse, draft)
        _swell(draft, int(millions * 1e6))
        draft.rename(path)
    _export(place)
    return place


def _swell(path: Path, wanted: int) -> None:
    with opened(path) as warehouse:
        warehouse.execute(OTHERS)
        ((once,),) = warehouse.execute(
            f"""
            select sum(case when biological_sample_group = 'control' then {CONTROLS} else 1 end) * {VARIANTS}
            from first where data_point is not null
            """
        ).fetchall()
        rounds = -(-wanted // int(once))
        warehouse.execute(COPIES.format(rounds=rounds, controls=CONTROLS, shift=SHIFT_DAYS, equipment=EQUIPMENT))


def _export(place: Place) -> None:
    with opened(place.warehouse) as warehouse:
        if not place.mapping.exists():
            warehouse.execute(
                f"""
                copy (
                    select distinct
                        parameter_stable_id as parameter_id,
                        coalesce(mappings.trait_id, lower(parameter_stable_id)) as trait_id,
                        coalesce(readings.factor, 1) as factor
                    from landed.observations
                    left join read_csv('{ROOT}/dbt/seeds/parameter_traits.csv') as mappings
                        on parameter_stable_id = mappings.parameter_stem || '_001'
                    left join read_csv('{ROOT}/dbt/seeds/unit_readings.csv') as readings
                        on mappings.trait_id = readings.trait_id and mappings.unit = readings.unit and is_default
                ) to '{place.mapping}'
                """
            )
        if not place.typed.exists():
            warehouse.execute(
                f"""
                copy (
                    select
                        observation_id, phenotyping_center as centre, pipeline_stable_id as pipeline_id, metadata_group,
                        sex, parameter_stable_id as parameter_id, discrete_point::double as time_point,
                        biological_sample_group = 'control' as is_control, data_point::double as value
                    from landed.observations where data_point is not null
                ) to '{place.typed}'
                """
            )


def text_rows(place: Place, count: int) -> Path:
    """Write the first rows of a release as text for a peer, and return the file."""
    path = place.text.with_stem(f"text-{count}")
    if not path.exists():
        with opened(place.warehouse) as warehouse:
            warehouse.execute(f"copy (from landed.observations where rowid < {count}) to '{path}'")
    return path


def afresh(path: Path) -> None:
    """Forget everything that was built in a warehouse."""
    with opened(path) as warehouse:
        for schema in ("staging", "intermediate", "marts"):
            warehouse.execute(f"drop schema if exists {schema} cascade; create schema {schema}")
        warehouse.execute("drop table if exists main.transformed")


def opened(path: Path) -> duckdb.DuckDBPyConnection:
    settings_of = {"memory_limit": settings().memory, "temp_directory": f"{path}.spill"}
    return duckdb.connect(str(path), config={**settings_of, "preserve_insertion_order": False})
