-- How fast each SKU sells, one row per SKU and marketplace that sold it.
-- The kept answer; velocity.py returns the same columns when it computes.
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
-- velocity_7d: units per in-stock day of those 7 days, null without one
-- velocity_14d: the same of 14 days
-- velocity_30d: the same of 30 days
-- velocity_60d: the same of 60 days
-- velocity_90d: the same of 90 days
-- in_stock_days_7d: in-stock days among the 7
-- in_stock_days_14d: in-stock days among the 14
-- in_stock_days_30d: in-stock days among the 30
-- in_stock_days_60d: in-stock days among the 60
-- in_stock_days_90d: in-stock days among the 90
-- uncovered_days_90d: of those 90, days taken as in stock without a ledger
-- basis: stock (days by the ledger) or calendar (every day counts)
-- peak_velocity: most units per in-stock day of any 7 days in a year
-- peak_from: the first day of the first such week
-- peak_to: its last day
-- first_day: the first day that counts
-- last_sale_day: the newest day with a counting line, up to as_of
select
    k.sku,
    k.asin,
    k.title,
    p.code as marketplace,
    m.as_of,
    m.units_7d,
    m.units_14d,
    m.units_30d,
    m.units_60d,
    m.units_90d,
    m.velocity_7d,
    m.velocity_14d,
    m.velocity_30d,
    m.velocity_60d,
    m.velocity_90d,
    m.in_stock_days_7d,
    m.in_stock_days_14d,
    m.in_stock_days_30d,
    m.in_stock_days_60d,
    m.in_stock_days_90d,
    m.uncovered_days_90d,
    m.basis,
    m.peak_velocity,
    m.peak_from,
    m.peak_to,
    m.first_day,
    m.last_sale_day
from sku_metrics as m
inner join skus as k on m.sku_id = k.sku_id
inner join marketplaces as p on m.marketplace_id = p.marketplace_id
where
    list_contains(coalesce(cast($marketplaces as varchar[]), [p.code]), p.code)
    and k.sku = coalesce($sku, k.sku)
    and contains(
        lower(concat_ws(chr(10), k.sku, k.asin, k.title)),
        lower(coalesce($search, ''))
    )
order by m.sku_id, m.marketplace_id
