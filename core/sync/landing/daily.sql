-- Sales of the touched days, one row per SKU, marketplace and day with a
-- counting line. Money of another currency than the marketplace's is left out.
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
)

select
    counting.day,
    counting.sku_id,
    counting.marketplace_id,
    sum(counting.quantity) as units,
    coalesce(
        sum(counting.quantity) filter (where counting.is_amazon), 0
    ) as units_amazon,
    coalesce(
        sum(counting.quantity) filter (where not counting.is_amazon), 0
    ) as units_merchant,
    count(distinct counting.order_key) as orders,
    sum(counting.item_price) filter (
        where coalesce(counting.currency, marketplaces.currency)
        = marketplaces.currency
    ) as revenue,
    max(counting.origin) as origin
from counting
inner join marketplaces
    on counting.marketplace_id = marketplaces.marketplace_id
group by counting.day, counting.sku_id, counting.marketplace_id
order by counting.day, counting.sku_id, counting.marketplace_id
