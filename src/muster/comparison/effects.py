"""Method drift against new-data drift: the same keys judged anew, and the keys that are new."""

from typing import Any

import duckdb
import pandas as pd
from scipy.stats import ks_2samp

#: Fewer keys give no correlation worth showing.
MIN_KEYS = 20
DRAWN = 2000


def method_drift(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return how the results of the same line x trait x sex moved: all of them, and by trait (worst first)."""
    keys = connection.execute(
        "select * from keys where kind = 'shared' and effect_before is not null and effect_after is not null"
    ).df()
    methods = keys.groupby(["method_before", "method_after"]).size().reset_index(name="keys")
    by_trait = [
        {"trait": trait, **_agreement(rows)} for trait, rows in keys.groupby("trait_id") if len(rows) >= MIN_KEYS
    ]
    return {
        "all": _agreement(keys),
        "same_animals": _agreement(keys[~keys["is_remeasured"]]),
        "remeasured": _agreement(keys[keys["is_remeasured"]]),
        "methods": methods[methods["method_before"] != methods["method_after"]].to_dict("records"),
        "by_trait": sorted(by_trait, key=lambda row: (row["pearson"] is None, row["pearson"], row["trait"])),
    }


def new_data_drift(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return how many keys are new or gone, and whether the new ones look like the old ones."""
    kinds = dict(connection.execute("select kind, count(*) from keys group by kind order by kind").fetchall())
    share = "avg(is_hit_after::int) filter (where is_hit_after is not null)"
    hits = dict(connection.execute(f"select kind, {share} from keys where kind <> 'lost' group by kind").fetchall())
    effects = connection.execute("select kind, effect_after from keys where effect_after is not null").df()
    is_new = effects["kind"].isin(["new line", "new key"])
    new, old = effects.loc[is_new, "effect_after"], effects.loc[effects["kind"] == "shared", "effect_after"]
    enough = min(len(new), len(old)) >= MIN_KEYS
    return {
        "keys": {kind: kinds.get(kind, 0) for kind in ("shared", "new line", "new key", "lost")},
        "hit_share": {kind: round(value, 4) for kind, value in sorted(hits.items()) if value is not None},
        "kolmogorov_smirnov": round(float(ks_2samp(new, old).statistic), 4) if enough else None,
    }


def drawn_keys(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Return a fixed sample of the shared keys, to draw: effect_before, effect_after, is_remeasured, trait_id."""
    return connection.execute(
        f"""
        select effect_before, effect_after, is_remeasured, trait_id from keys
        where kind = 'shared' and effect_before is not null and effect_after is not null
        order by hash(effect_before, effect_after, trait_id), effect_before, effect_after, trait_id limit {DRAWN}
        """
    ).df()


def _agreement(keys: pd.DataFrame) -> dict[str, Any]:
    before, after = keys["effect_before"], keys["effect_after"]
    enough = len(keys) >= MIN_KEYS and before.nunique() > 1 and after.nunique() > 1
    was_hit = keys["is_hit_before"].fillna(value=False).astype(bool)
    is_hit = keys["is_hit_after"].fillna(value=False).astype(bool)
    hits = keys[was_hit]
    return {
        "keys": len(keys),
        "pearson": round(float(before.corr(after)), 4) if enough else None,
        "spearman": round(float(before.corr(after, method="spearman")), 4) if enough else None,
        "identical_share": round(float((before == after).mean()), 4) if len(keys) else None,
        "hits_before": int(was_hit.sum()),
        "hits_kept": int((was_hit & is_hit).sum()),
        "hits_gained": int((~was_hit & is_hit).sum()),
        "sign_agreement_of_hits": round(float((hits["effect_before"] * hits["effect_after"] > 0).mean()), 4)
        if len(hits)
        else None,
    }
