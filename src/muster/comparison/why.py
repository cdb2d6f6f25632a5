"""Why calls came and went: new lines, new data, another method, another definition, withdrawal."""

import duckdb
import pandas as pd

#: IMPC's own threshold for a call.
HIT = 0.0001
#: Lethality is judged by the viability rule, not by a statistical test of a trait.
MORTALITY = "MP:0010768"
REASONS = ["new line", "new data", "method", "definition", "withdrawn", "unknown"]

# One row a gene and term that is called directly in one of the releases.
# A term that stays called through a narrower one is kept.
_CALLS = """
create temp table calls as
select
    coalesce(before.gene_id, after.gene_id) as gene_id,
    coalesce(before.mp_term_id, after.mp_term_id) as mp_term_id,
    coalesce(after.mp_term_name, before.mp_term_name) as mp_term_name,
    case
        when before.status = 'called' and after.status = 'called' then 'kept'
        when after.status = 'called' then 'gained'
        else 'lost'
    end as change,
    before.status as status_before,
    after.status as status_after,
    before.p_value as p_value_before,
    after.p_value as p_value_after
from before.gene_phenotypes as before
full join after.gene_phenotypes as after using (gene_id, mp_term_id)
where (before.status = 'called' and before.is_direct) or (after.status = 'called' and after.is_direct)
"""

# One row a gene: which of its lines and keys are new or gone, and by which kind of key its hits came and went.
_GENES = """
create temp table gene_evidence as
with lines as (
    select
        coalesce(before.gene_id, after.gene_id) as gene_id,
        bool_or(before.line_id is null) as has_new_line,
        bool_or(after.line_id is null) as has_lost_line
    from before.lines as before
    full join after.lines as after using (line_id)
    group by all
),
keys as (
    select
        gene_id,
        count(*) filter (where kind in ('new line', 'new key', 'lost', 're-measured')) as changed_keys,
        count(*) filter (where is_up and kind = 'new line') as up_new_line,
        count(*) filter (where is_up and kind in ('new key', 're-measured')) as up_new_data,
        count(*) filter (where is_up and kind = 'same animals') as up_method,
        count(*) filter (where is_down and kind = 'lost') as down_withdrawn,
        count(*) filter (where is_down and kind = 're-measured') as down_new_data,
        count(*) filter (where is_down and kind = 'same animals') as down_method
    from (
        select
            gene_id,
            is_hit_after and not coalesce(is_hit_before, false) as is_up,
            is_hit_before and not coalesce(is_hit_after, false) as is_down,
            case when kind <> 'shared' then kind when is_remeasured then 're-measured' else 'same animals' end as kind
        from keys
    )
    group by gene_id
)
select * from lines left join keys using (gene_id)
"""

_REASONS = f"""
select
    calls.*,
    case
        when change = 'kept' then null
        when change = 'gained' and (old_terms.mp_term_id is null or old_terms.is_obsolete) then 'definition'
        when change = 'lost' and (new_terms.mp_term_id is null or new_terms.is_obsolete) then 'definition'
        when list_contains(new_terms.top_level_ids, '{MORTALITY}') and rules.is_rule_changed then 'definition'
        when change = 'lost' and status_after is null then 'withdrawn'
        when evidence.gene_id is null then 'unknown'
        when change = 'gained' and status_before is null then if(has_new_line, 'new line', 'new data')
        when change = 'gained' then
            case
                when up_new_line > 0 and up_new_line >= greatest(up_new_data, up_method) then 'new line'
                when up_new_data > 0 and up_new_data >= up_method then 'new data'
                when up_method > 0 then 'method'
                when has_new_line then 'new line'
                else if(changed_keys > 0, 'new data', 'method')
            end
        when down_withdrawn > 0 and down_withdrawn >= greatest(down_new_data, down_method) then 'withdrawn'
        when down_new_data > 0 and down_new_data >= down_method then 'new data'
        when down_method > 0 then 'method'
        when has_lost_line then 'withdrawn'
        else if(changed_keys > 0, 'new data', 'method')
    end as reason
from calls
left join gene_evidence as evidence using (gene_id)
left join before.terms as old_terms on calls.mp_term_id = old_terms.mp_term_id
left join after.terms as new_terms on calls.mp_term_id = new_terms.mp_term_id
left join rules using (gene_id)
order by gene_id, mp_term_id
"""

# One row a key: line x trait x sex. `is_remeasured`: not the same number of mutants as before.
_KEYS = f"""
create temp table keys as
select
    coalesce(after.gene_id, before.gene_id) as gene_id,
    trait_id,
    case
        when before.line_id is not null and after.line_id is not null then 'shared'
        when after.line_id is null then 'lost'
        when old_lines.line_id is null then 'new line'
        else 'new key'
    end as kind,
    coalesce(before.mutant_count <> after.mutant_count, false) as is_remeasured,
    coalesce(before.released_effect_size, before.effect_size) as effect_before,
    coalesce(after.released_effect_size, after.effect_size) as effect_after,
    before.released_method as method_before,
    after.released_method as method_after,
    coalesce(before.released_p_value, before.p_value) < {HIT} as is_hit_before,
    coalesce(after.released_p_value, after.p_value) < {HIT} as is_hit_after
from before.line_effects as before
full join after.line_effects as after using (line_id, trait_id, sex)
left join before.lines as old_lines using (line_id)
order by line_id, trait_id, sex
"""

_NO_EVIDENCE = """
create temp table gene_evidence as
select
    null::varchar as gene_id, false as has_new_line, false as has_lost_line, 0 as changed_keys, 0 as up_new_line,
    0 as up_new_data, 0 as up_method, 0 as down_withdrawn, 0 as down_new_data, 0 as down_method
where false
"""


def release_changes(connection: duckdb.DuckDBPyConnection, marts: list[str]) -> pd.DataFrame:
    """Return one row per gene x MP term called in either release: kept, gained or lost, and the reason.

    The reason is read from the keys (line x trait x sex) of the gene: which of its hits came or went, and whether
    those keys are new, re-measured or the same animals judged anew. Without lines the reason is unknown.
    """
    connection.execute(_CALLS)
    connection.execute(_GENES if has_keys(connection, marts) else _NO_EVIDENCE)
    if "viability" in marts:
        rules = """
        select gene_id, before.outcome <> after.outcome and before.rule_era <> after.rule_era as is_rule_changed
        from before.viability as before inner join after.viability as after using (gene_id)
        """
    else:
        rules = "select null::varchar as gene_id, false as is_rule_changed where false"
    connection.execute(f"create temp table rules as {rules}")
    return connection.execute(_REASONS).df()


def has_keys(connection: duckdb.DuckDBPyConnection, marts: list[str]) -> bool:
    """Return whether both releases have lines and line effects; make the table of their keys once."""
    if not {"lines", "line_effects"} <= set(marts):
        return False
    if not connection.execute("select 1 from duckdb_tables() where table_name = 'keys'").fetchall():
        connection.execute(_KEYS)
    return True
