with lines as (

    select * from {{ ref('int_lines_resolved') }}

),

counted as (

    select
        line_id,
        gene_id,
        gene_symbol,
        allele_id,
        allele_symbol,
        zygosity,
        centre,
        colony_id,
        strain,
        coalesce(life_stages, []) as life_stages,
        coalesce(procedures, []) as procedures,
        coalesce(len(procedures), 0)::integer as procedure_count,
        '{{ var("release") }}' as release
    from lines

)

select * from counted
