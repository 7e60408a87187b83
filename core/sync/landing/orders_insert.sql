-- Lines of the orders that are replaced or new, in time order.
insert into order_lines
select
    $connection as connection_id,
    incoming.order_key,
    skus.sku_id,
    incoming.marketplace_id,
    incoming.pool_id,
    incoming.day,
    incoming.purchased_at,
    incoming.updated_at,
    incoming.quantity,
    incoming.is_amazon,
    incoming.is_counting,
    incoming.order_status,
    incoming.item_status,
    incoming.currency,
    incoming.item_price,
    incoming.ship_country,
    'synced' as origin
from incoming
semi join fresh_orders on incoming.order_key = fresh_orders.order_key
inner join skus on incoming.sku = skus.sku
order by incoming.purchased_at
