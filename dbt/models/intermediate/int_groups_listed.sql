with cells as (

    select * from {{ ref('int_cells_listed') }}

),

derived as (

    select * from {{ ref('int_series_derived') }}

),

groups as (

    select distinct
        group_id,
        trait_id,
        centre,
        pipeline_id,
        parameter_id,
        metadata_group,
        strain,
        sex,
        aligned_point,
        kind <> 'series' as is_screened,
        false as is_derived
    from cells
    union all
    select distinct
        group_id,
        trait_id,
        centre,
        pipeline_id,
        parameter_id,
        metadata_group,
        strain,
        sex,
        null as aligned_point,
        true as is_screened,
        true as is_derived
    from derived

),

-- Both sexes of a group share its days, and so what the days do to it.
keyed as (

    select
        *,
        hash(group_id) as group_key,
        md5(concat_ws(
            '|', trait_id, centre, pipeline_id, parameter_id, metadata_group, strain,
            coalesce(aligned_point::varchar, '')
        )) as batch_id
    from groups

)

select * from keyed
