-- Non-Amazon units that Amazon shipped on the touched days, one row per SKU,
-- pool and UTC day.
insert into daily_multichannel
select
    order_lines.day,
    order_lines.sku_id,
    order_lines.pool_id,
    sum(order_lines.quantity) as units
from order_lines
semi join touched
    on
        order_lines.sku_id = touched.sku_id
        and order_lines.marketplace_id = touched.marketplace_id
        and order_lines.day = touched.day
where
    order_lines.marketplace_id = 0
    and order_lines.is_amazon
    and order_lines.is_counting
    and order_lines.day between $first_day and $last_day
group by order_lines.day, order_lines.sku_id, order_lines.pool_id
order by order_lines.day, order_lines.sku_id, order_lines.pool_id
