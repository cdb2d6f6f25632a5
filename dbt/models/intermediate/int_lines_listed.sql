{{ config(materialized='view') }}

with completed as (

    select
        *,
        unnest(coalesce(procedure_names, [null])) as procedure_name
    from {{ ref('stg_impc__completed_lines') }}

),

listed as (

    select
        {{ line_id() }} as line_id,
        gene_id,
        gene_symbol,
        allele_id,
        allele_symbol,
        zygosity,
        centre,
        colony_id,
        strain,
        null as life_stage,
        procedure_name
    from {{ ref('stg_impc__assertions') }}
    union
    select
        {{ line_id() }} as line_id,
        gene_id,
        gene_symbol,
        allele_id,
        allele_symbol,
        zygosity,
        centre,
        colony_id,
        strain,
        life_stage,
        procedure_name
    from {{ ref('stg_impc__statistical_results') }}
    union
    select
        {{ line_id() }} as line_id,
        gene_id,
        gene_symbol,
        allele_id,
        allele_symbol,
        zygosity,
        centre,
        colony_id,
        strain,
        life_stage,
        procedure_name
    from completed
    union
    select
        {{ line_id() }} as line_id,
        gene_id,
        gene_symbol,
        allele_id,
        allele_symbol,
        zygosity,
        centre,
        colony_id,
        strain,
        life_stage,
        procedure_name
    from {{ ref('stg_impc__colonies') }}
    where not is_control

)

select * from listed
