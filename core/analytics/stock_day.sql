-- On which day the stock is what `inventory` says, one row per pool.
-- pool_id: our number of the pool
-- source: snapshot, or ledger before the first walk
-- as_of: the day of the newest walk, or the last day that the ledger covers
with walked as (
    select
        m.pool_id,
        max(w.day) as as_of
    from inventory_walks as w
    inner join marketplaces as m on w.marketplace_id = m.marketplace_id
    where w.day <= coalesce(cast($as_of as date), w.day)
    group by m.pool_id
),

covered as (
    select
        pool_id,
        max(least(last_day, cast($as_of as date))) as as_of
    from stock_covered_days
    where first_day <= coalesce(cast($as_of as date), first_day)
    group by pool_id
)

select
    coalesce(w.pool_id, c.pool_id) as pool_id,
    case when w.pool_id is null then 'ledger' else 'snapshot' end as source,
    coalesce(w.as_of, c.as_of) as as_of
from walked as w
full outer join covered as c on w.pool_id = c.pool_id
