-- What was sold when, one row per SKU, marketplace and day, newest year or so.
-- sku_id: our number of the SKU
-- marketplace_id: our number of the marketplace
-- day: local to the marketplace
-- units: ordered that day, all channels
select
    sku_id,
    marketplace_id,
    day,
    units
from daily
where
    day >= date '1970-01-01' + cast($first as integer)
    and (
        cast($sku_ids as integer[]) is null
        or sku_id in (select unnest(cast($sku_ids as integer[])))
    )
