with pairs as (

    select * from {{ ref('int_orthologues_paired') }}

),

targets as (

    select * from {{ ref('stg_idg__targets') }}

),

matched as (

    select
        pairs.gene_id,
        targets.target_level,
        targets.target_family,
        targets.novelty,
        targets.source_row
    from targets
    inner join pairs on targets.human_symbol = pairs.human_symbol
    qualify row_number() over (partition by pairs.gene_id order by targets.source_row) = 1

)

select * from matched
