{% test unique_by_hash(model, column_name) %}

{# For texts of which there are tens of millions: only those whose hashes agree are compared as texts. #}
with suspects as (

    select hash({{ column_name }}) as value_hash
    from {{ model }}
    group by value_hash
    having count(*) > 1

)

select {{ column_name }}
from {{ model }}
where hash({{ column_name }}) in (select value_hash from suspects)
group by {{ column_name }}
having count(*) > 1

{% endtest %}
