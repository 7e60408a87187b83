-- When the ledger shows sellable stock, one row per SKU, pool and day.
-- sku_id: our number of the SKU
-- pool_id: our number of the pool
-- day: local to the pool, as the ledger counts days
select
    sku_id,
    pool_id,
    day
from stock_days
where
    day between date '1970-01-01' + cast($first as integer)
    and date '1970-01-01' + cast($last as integer)
    and (starting > 0 or ending > 0)
    and (
        cast($sku_ids as integer[]) is null
        or sku_id in (select unnest(cast($sku_ids as integer[])))
    )
