with groups as (

    select * from {{ ref('int_traits_grouped') }}

),

traits as (

    select * from {{ ref('traits') }}

),

named as (

    select
        groups.trait_id,
        coalesce(traits.trait_name, groups.representative_trait_id)
        || case when groups.member_count > 1 then ' and ' || (groups.member_count - 1) || ' more' else '' end
            as group_name,
        groups.is_representative,
        groups.representative_trait_id,
        groups.member_count::integer as member_count,
        groups.mean_correlation,
        groups.evidence,
        '{{ var("release") }}' as release
    from groups
    left join traits on groups.representative_trait_id = traits.trait_id

)

select * from named
