-- Which stock to cover and what left it, one row per SKU and pool that has or
-- had FBA stock or an Amazon-fulfilled unit. Stock, in-stock days and what
-- follows from them are added by coverage.py.
-- sku: the seller's SKU
-- asin: of the newest line or summary
-- title: of the newest line or summary
-- pool: its code, such as EU
-- sales_as_of: the last complete day of the pool, or the day asked for
-- units_30d: Amazon-fulfilled units of the 30 days that end then
-- units_90d: the same of 90 days
-- first_unit_day: the first counting unit in a marketplace of the pool
-- sku_id: our number of the SKU
-- pool_id: our number of the pool
with ends as (
    select
        pool_id,
        coalesce(cast($as_of as date), last_day) as sales_as_of
    from pool_last_days
),

used as (
    select
        d.day,
        d.sku_id,
        m.pool_id,
        d.units_amazon,
        d.day as unit_day
    from daily as d
    inner join marketplaces as m on d.marketplace_id = m.marketplace_id
    where m.pool_id is not null
    union all
    select
        day,
        sku_id,
        pool_id,
        units as units_amazon,
        null as unit_day
    from daily_multichannel
),

demand as (
    select
        u.sku_id,
        u.pool_id,
        sum(u.units_amazon) filter (
            where u.day > e.sales_as_of - 30 and u.day <= e.sales_as_of
        ) as units_30d,
        sum(u.units_amazon) filter (
            where u.day > e.sales_as_of - 90 and u.day <= e.sales_as_of
        ) as units_90d,
        min(u.unit_day) filter (where u.day <= e.sales_as_of) as first_unit_day,
        bool_or(u.units_amazon > 0) as is_fba
    from used as u
    inner join ends as e on u.pool_id = e.pool_id
    where cast($as_of as date) is null or u.day <= cast($as_of as date)
    group by u.sku_id, u.pool_id
),

stocked as (
    select distinct
        sku_id,
        pool_id
    from stock_days
    where
        (starting > 0 or ending > 0)
        and (cast($as_of as date) is null or day <= cast($as_of as date))
    union
    select distinct
        s.sku_id,
        m.pool_id
    from inventory_summaries as s
    inner join marketplaces as m on s.marketplace_id = m.marketplace_id
    where
        greatest(s.total, s.fulfillable) > 0
        and (cast($as_of as date) is null or s.day <= cast($as_of as date))
),

held as (
    select
        sku_id,
        pool_id
    from stocked
    union
    select
        sku_id,
        pool_id
    from demand
    where is_fba
)

select
    k.sku,
    k.asin,
    k.title,
    p.code as pool,
    e.sales_as_of,
    cast(coalesce(d.units_30d, 0) as bigint) as units_30d,
    cast(coalesce(d.units_90d, 0) as bigint) as units_90d,
    d.first_unit_day,
    h.sku_id,
    h.pool_id
from held as h
inner join ends as e on h.pool_id = e.pool_id
inner join skus as k on h.sku_id = k.sku_id
inner join pools as p on h.pool_id = p.pool_id
left join demand as d on h.sku_id = d.sku_id and h.pool_id = d.pool_id
where
    list_contains(coalesce(cast($pools as varchar[]), [p.code]), p.code)
    and k.sku = coalesce($sku, k.sku)
    and contains(
        lower(concat_ws(chr(10), k.sku, k.asin, k.title)),
        lower(coalesce($search, ''))
    )
order by h.sku_id, h.pool_id
