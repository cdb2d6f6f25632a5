with results as (

    select * from {{ ref('stg_impc__statistical_results') }}

),

completed as (

    select * from {{ ref('stg_impc__completed_lines') }}

),

completed_parameters as (

    select
        gene_id,
        unnest(parameter_ids) as parameter_id
    from completed

),

done as (

    select
        gene_id,
        parameter_id
    from results
    where status = 'successful'
    union
    select
        gene_id,
        parameter_id
    from completed_parameters

)

select * from done
where gene_id is not null and parameter_id is not null
