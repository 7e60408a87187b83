-- Lines of the orders that are replaced or new, in the order they come.
insert into order_lines
select
    $connection as connection_id,
    order_key,
    sku_id,
    marketplace_id,
    pool_id,
    day,
    purchased_at,
    updated_at,
    quantity,
    is_amazon,
    is_counting,
    order_status,
    item_status,
    currency,
    item_price,
    ship_country,
    'synced' as origin
from incoming
