with pairs as (

    select * from {{ ref('int_orthologues_paired') }}

),

families as (

    select * from {{ ref('stg_panther__families') }}
    where family_id is not null

),

matched as (

    select
        families.family_id,
        families.family_name,
        families.subfamily_id,
        families.source_row,
        coalesce(families.gene_id, pairs.gene_id) as gene_id,
        families.gene_id is null as is_by_symbol
    from families
    left join pairs on families.human_symbol = pairs.human_symbol
    where coalesce(families.gene_id, pairs.gene_id) is not null
    qualify row_number() over (
        partition by coalesce(families.gene_id, pairs.gene_id) order by families.gene_id is null, families.source_row
    ) = 1

)

select * from matched
