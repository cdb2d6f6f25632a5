with records as (

    select * from {{ ref('stg_impc__image_records') }}

),

observations as (

    select * from {{ ref('stg_impc__observations') }}
    where observation_type = 'image_record'

),

files as (

    select * from {{ ref('stg_impc__images') }}

),

views as (

    select
        key as parameter_suffix,
        value ->> '$' as view_name
    from json_each('{{ var("xray_views") }}')

),

-- Harwell's ageing pipeline (HAS) gives the same suffixes other meanings, so its images are left out.
viewed as (

    select
        records.observation_id,
        records.omero_id,
        views.view_name,
        files.sha256,
        files.image_path,
        records.source_row,
        coalesce(files.url, records.jpeg_url) as url
    from records
    inner join observations on records.observation_id = observations.observation_id
    inner join views on ends_with(observations.parameter_id, '_' || views.parameter_suffix)
    left join files on records.observation_id = files.observation_id
    where not starts_with(observations.parameter_id, 'HAS_')
    qualify row_number() over (
        partition by records.observation_id, records.omero_id order by records.source_row, files.sha256
    ) = 1

)

select * from viewed
