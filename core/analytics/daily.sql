-- What was ordered, one row per SKU, marketplace and day with a counting line.
-- sku: the seller's SKU
-- asin: of the newest line or summary
-- title: of the newest line or summary
-- marketplace: its code; Non-Amazon is multi-channel fulfilment
-- day: local to the marketplace, UTC for Non-Amazon
-- units: units ordered, all channels
-- units_amazon: those that Amazon fulfils
-- units_merchant: those that the seller fulfils
-- orders: distinct orders; not additive over SKUs
-- revenue: sum of item prices, null when no counting line has one
-- currency: of the marketplace, null for Non-Amazon
-- in_stock: true, because a unit was ordered that day
-- complete: whether good order loads cover the day from midnight to midnight
-- as_of: the last complete day of the marketplace, or the day asked for
with places as (
    select
        m.marketplace_id,
        m.code,
        m.currency,
        max(c.last_day) as last_complete_day
    from marketplaces as m
    left join complete_days as c on m.marketplace_id = c.marketplace_id
    where
        list_contains(
            coalesce(cast($marketplaces as varchar[]), [m.code]), m.code
        )
    group by m.marketplace_id, m.code, m.currency
),

-- without as_of, `until` may reach into days that are not complete yet
windows as (
    select
        *,
        coalesce(
            cast($as_of as date), last_complete_day, cast($until as date)
        ) as as_of,
        coalesce(
            cast($as_of as date),
            greatest(last_complete_day, cast($until as date))
        ) as last_day
    from places
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
)

select
    w.sku,
    w.asin,
    w.title,
    p.code as marketplace,
    d.day,
    d.units,
    d.units_amazon,
    d.units_merchant,
    d.orders,
    d.revenue,
    p.currency,
    true as in_stock,
    c.marketplace_id is not null as complete,
    p.as_of
from daily as d
inner join windows as p
    on d.marketplace_id = p.marketplace_id and d.day <= p.last_day
inner join wanted as w on d.sku_id = w.sku_id
left join complete_days as c
    on
        d.marketplace_id = c.marketplace_id
        and d.day between c.first_day and c.last_day
where
    (cast($since as date) is null or d.day >= cast($since as date))
    and (cast($until as date) is null or d.day <= cast($until as date))
order by d.day, p.marketplace_id, w.sku
