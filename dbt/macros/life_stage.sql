{# The stage of life a parameter is for, from how its id or its pipeline's begins; the alphabet has them in the order
   of life. #}
{% macro life_stage(table) %}
    case
        when regexp_matches({{ table }}.parameter_id, '^[A-Z]+LA_') or regexp_matches({{ table }}.pipeline_id, '^[A-Z]+LA_')
            then 'late adult'
        when regexp_matches({{ table }}.parameter_id, '^[A-Z]+IP_') or regexp_matches({{ table }}.pipeline_id, '^[A-Z]+IP_')
            then 'interval'
        else 'early adult'
    end
{% endmacro %}
