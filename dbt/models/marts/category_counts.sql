with categories as (

    select * from {{ ref('int_categories_read') }}

),

counted as (

    select
        animals_id,
        parameter_id,
        sex,
        category,
        min(group_id) as group_id,
        bool_or(is_control) as is_control,
        min(line_id) as line_id,
        min(centre) as centre,
        min(pipeline_id) as pipeline_id,
        min(metadata_group) as metadata_group,
        min(strain) as strain,
        min(parameter_name) as parameter_name,
        bool_or(is_abnormal) as is_abnormal,
        count(distinct specimen_id) as specimen_count
    from categories
    group by animals_id, parameter_id, sex, category

),

-- An animal with one abnormal and one normal category, of a left and a right eye, is abnormal.
animals as (

    select
        animals_id,
        parameter_id,
        sex,
        specimen_id,
        bool_or(is_abnormal) as is_abnormal
    from categories
    group by animals_id, parameter_id, sex, specimen_id

),

totals as (

    select
        animals_id,
        parameter_id,
        sex,
        count(*) filter (where not is_abnormal) as normal_count,
        count(*) filter (where is_abnormal) as abnormal_count
    from animals
    group by animals_id, parameter_id, sex

),

joined as (

    select
        md5(
            concat_ws('|', counted.animals_id, counted.parameter_id, counted.sex, counted.category)
        ) as category_count_id,
        counted.group_id,
        counted.is_control,
        counted.line_id,
        counted.centre,
        counted.pipeline_id,
        counted.metadata_group,
        counted.strain,
        counted.parameter_id,
        counted.parameter_name,
        counted.sex,
        counted.category,
        counted.is_abnormal,
        counted.specimen_count::integer as specimen_count,
        totals.normal_count::integer as normal_count,
        totals.abnormal_count::integer as abnormal_count,
        '{{ var("release") }}' as release
    from counted
    inner join totals
        on
            counted.animals_id = totals.animals_id
            and counted.parameter_id = totals.parameter_id
            and counted.sex = totals.sex

)

select * from joined
