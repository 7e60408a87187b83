-- Sales of the touched days, one row per SKU, marketplace and day with a
-- counting line. Money of another currency than the marketplace's is left out.
-- First by order, which counts orders faster than distinct would.
insert into daily
with

counting as (
    select order_lines.*
    from order_lines
    semi join touched
        on
            order_lines.sku_id = touched.sku_id
            and order_lines.marketplace_id = touched.marketplace_id
            and order_lines.day = touched.day
    where
        order_lines.is_counting
        and order_lines.day between $first_day and $last_day
),

by_order as (
    select
        counting.day,
        counting.sku_id,
        counting.marketplace_id,
        sum(counting.quantity) as units,
        sum(
            case when counting.is_amazon then counting.quantity else 0 end
        ) as units_amazon,
        sum(counting.item_price) filter (
            where coalesce(counting.currency, marketplaces.currency)
            = marketplaces.currency
        ) as revenue,
        max(counting.origin) as origin
    from counting
    inner join marketplaces
        on counting.marketplace_id = marketplaces.marketplace_id
    group by
        counting.day,
        counting.sku_id,
        counting.marketplace_id,
        counting.order_key
)

select
    day,
    sku_id,
    marketplace_id,
    sum(units) as units,
    sum(units_amazon) as units_amazon,
    sum(units) - sum(units_amazon) as units_merchant,
    count(*) as orders,
    sum(revenue) as revenue,
    max(origin) as origin
from by_order
group by day, sku_id, marketplace_id
order by day, sku_id, marketplace_id
