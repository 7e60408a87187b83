-- Since when the ledger knows sellable stock, one row per SKU and pool.
-- sku_id: our number of the SKU
-- pool_id: our number of the pool
-- first_day: the first day with a balance above 0 at its start or end
select
    sku_id,
    pool_id,
    min(day) as first_day
from stock_days
where
    (starting > 0 or ending > 0)
    and (
        cast($sku_ids as integer[]) is null
        or sku_id in (select unnest(cast($sku_ids as integer[])))
    )
group by sku_id, pool_id
order by sku_id, pool_id
