with images as (

    select * from {{ ref('int_images_viewed') }}

),

observations as (

    select
        *,
        {{ metadata_value('metadata', 'Equipment manufacturer') }} as manufacturer,
        {{ metadata_value('metadata', 'Equipment model') }} as machine
    from {{ ref('stg_impc__observations') }}
    where is_control is not null and observation_type = 'image_record'

),

symbols as (

    select * from {{ ref('int_symbols_resolved') }}

),

described as (

    select
        md5(concat_ws('|', images.observation_id, coalesce(images.omero_id, ''))) as image_id,
        images.observation_id,
        observations.specimen_id,
        images.view_name as view,
        observations.centre,
        nullif(concat_ws(' ', observations.manufacturer, observations.machine), '') as equipment,
        observations.sex,
        observations.weight_grams,
        observations.age_days,
        observations.is_control,
        case when not observations.is_control then coalesce(observations.gene_id, symbols.gene_id) end as gene_id,
        observations.colony_id,
        images.url,
        images.omero_id,
        images.sha256,
        images.image_path as path,
        '{{ var("release") }}' as release
    from images
    inner join observations on images.observation_id = observations.observation_id
    left join symbols on lower(observations.gene_symbol) = symbols.symbol_key
    qualify row_number() over (
        partition by images.observation_id, images.omero_id order by observations.source_row
    ) = 1

)

select * from described
