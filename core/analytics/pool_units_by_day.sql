-- What was sold when, one row per SKU, pool and day, newest days.
-- sku_id: our number of the SKU
-- pool_id: our number of the pool whose marketplaces sold it
-- day: local to the marketplace
-- units: ordered that day in the marketplaces of the pool, all channels
select
    d.sku_id,
    m.pool_id,
    d.day,
    cast(sum(d.units) as bigint) as units
from daily as d
inner join marketplaces as m on d.marketplace_id = m.marketplace_id
where
    m.pool_id is not null
    and d.day >= date '1970-01-01' + cast($first as integer)
    and (
        cast($sku_ids as integer[]) is null
        or d.sku_id in (select unnest(cast($sku_ids as integer[])))
    )
group by d.sku_id, m.pool_id, d.day
