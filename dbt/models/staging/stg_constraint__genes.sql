with source as (

    select * from {{ source('raw', 'gene_constraint') }}

),

renamed as (

    select
        source_row,
        {{ text('mgi_id') }} as gene_id,
        {{ text('gene_symbol') }} as human_symbol,
        {{ number('oe_lof_upper') }} as loeuf,
        {{ number('oe_lof') }} as lof_oe,
        {{ number('oe_lof_lower') }} as lof_oe_lower,
        {{ number('oe_mis_upper') }} as missense_oe,
        {{ number('oe_mis_lower') }} as missense_oe_lower,
        {{ number('shet_post_mean') }} as shet,
        {{ number('shet_rgcme_mean') }} as shet_rgcme,
        {{ number('mean_depmap_gene_effect_score') }} as depmap_effect,
        {{ number('h1_mef_bf') }} as h1_mef_bayes_factor,
        {{ number('h1_laminin_bf') }} as h1_laminin_bayes_factor
    from source

)

select * from renamed
