-- What each SKU sold, one row per SKU and marketplace with a counting line.
-- In-stock days, velocities, basis and peak follow from it in velocity.py.
-- sku: the seller's SKU
-- asin: of the newest line or summary
-- title: of the newest line or summary
-- marketplace: its code; Non-Amazon is multi-channel fulfilment
-- as_of: the last day of every window, local to the marketplace
-- units_7d: units ordered in the 7 days that end on as_of, all channels
-- units_14d: the same of 14 days
-- units_30d: the same of 30 days
-- units_60d: the same of 60 days
-- units_90d: the same of 90 days
-- first_sale_day: the first day with a counting line
-- last_sale_day: the newest day with a counting line, up to as_of
-- sku_id: our number of the SKU
-- marketplace_id: our number of the marketplace
-- pool_id: our number of the pool whose stock it sells, 0 for Non-Amazon
with places as (
    select
        m.marketplace_id,
        m.code,
        coalesce(m.pool_id, 0) as pool_id,
        coalesce(cast($as_of as date), max(c.last_day)) as as_of
    from marketplaces as m
    left join complete_days as c on m.marketplace_id = c.marketplace_id
    where
        list_contains(
            coalesce(cast($marketplaces as varchar[]), [m.code]), m.code
        )
    group by m.marketplace_id, m.code, m.pool_id
),

wanted as (
    select
        sku_id,
        sku,
        asin,
        title
    from skus
    where
        sku = coalesce($sku, sku)
        and contains(
            lower(concat_ws(chr(10), sku, asin, title)),
            lower(coalesce($search, ''))
        )
),

sold as (
    select
        d.sku_id,
        p.marketplace_id,
        p.pool_id,
        p.code,
        p.as_of,
        sum(d.units) filter (where d.day > p.as_of - 7) as units_7d,
        sum(d.units) filter (where d.day > p.as_of - 14) as units_14d,
        sum(d.units) filter (where d.day > p.as_of - 30) as units_30d,
        sum(d.units) filter (where d.day > p.as_of - 60) as units_60d,
        sum(d.units) filter (where d.day > p.as_of - 90) as units_90d,
        min(d.day) as first_sale_day,
        max(d.day) as last_sale_day
    from daily as d
    inner join places as p
        on d.marketplace_id = p.marketplace_id and d.day <= p.as_of
    where d.sku_id in (select sku_id from wanted)
    group by d.sku_id, p.marketplace_id, p.pool_id, p.code, p.as_of
)

select
    w.sku,
    w.asin,
    w.title,
    s.code as marketplace,
    s.as_of,
    cast(coalesce(s.units_7d, 0) as bigint) as units_7d,
    cast(coalesce(s.units_14d, 0) as bigint) as units_14d,
    cast(coalesce(s.units_30d, 0) as bigint) as units_30d,
    cast(coalesce(s.units_60d, 0) as bigint) as units_60d,
    cast(coalesce(s.units_90d, 0) as bigint) as units_90d,
    s.first_sale_day,
    s.last_sale_day,
    s.sku_id,
    s.marketplace_id,
    s.pool_id
from sold as s
inner join wanted as w on s.sku_id = w.sku_id
order by s.sku_id, s.marketplace_id
