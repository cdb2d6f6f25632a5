with assertions as (

    select * from {{ ref('stg_impc__assertions') }}

),

hits as (

    select * from {{ ref('stg_impc__gene_hits') }}

),

asserted as (

    select
        source_row,
        gene_id,
        mp_term_id as term_id,
        mp_term_name as term_name,
        zygosity,
        p_value,
        'assertions' as evidence,
        case when lower(method) = 'supplied as data' then null else effect_size end as effect_size
    from assertions

),

-- Names of hits stand in only where the release has no assertions at all.
named as (

    select distinct
        source_row,
        gene_id,
        null as term_id,
        unnest(term_names) as term_name,
        null as zygosity,
        null::double as p_value,
        'hits_per_gene' as evidence,
        null::double as effect_size
    from hits
    where not exists (select 1 from assertions)

),

listed as (

    select * from asserted
    union all
    select * from named

),

numbered as (

    select
        gene_id,
        term_id,
        term_name,
        zygosity,
        p_value,
        evidence,
        effect_size,
        row_number() over (order by source_row, term_name) as call_id
    from listed
    where gene_id is not null

)

select * from numbered
