-- The days of a SKU and marketplace whose sums change, each once: those of
-- the lines that go and those of the lines that come.
with

leaving as (
    select
        order_lines.sku_id,
        order_lines.marketplace_id,
        order_lines.day
    from order_lines
    semi join replaced on order_lines.order_key = replaced.order_key
    where $is_held
)

select
    sku_id,
    marketplace_id,
    day
from leaving
union
select
    sku_id,
    marketplace_id,
    day
from incoming
