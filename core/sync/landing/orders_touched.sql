-- The days of a SKU and marketplace whose sums change, each once: those of
-- the lines that go and those of the lines that come.
with

leaving as (
    select order_lines.sku_id, order_lines.marketplace_id, order_lines.day
    from order_lines
    semi join fresh_orders on order_lines.order_key = fresh_orders.order_key
    where $is_held
),

coming as (
    select skus.sku_id, incoming.marketplace_id, incoming.day
    from incoming
    semi join fresh_orders on incoming.order_key = fresh_orders.order_key
    inner join skus on incoming.sku = skus.sku
)

select sku_id, marketplace_id, day from leaving
union
select sku_id, marketplace_id, day from coming
