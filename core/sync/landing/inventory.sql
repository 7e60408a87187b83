-- Summaries of one walk, one row per SKU.
insert into inventory_summaries
select
    cast($day as date) as day,
    $connection as connection_id,
    $marketplace as marketplace_id,
    skus.sku_id,
    incoming.asin,
    incoming.fnsku,
    incoming.fulfillable,
    incoming.reserved_customer_orders,
    incoming.reserved_transfers,
    incoming.reserved_processing,
    incoming.inbound_working,
    incoming.inbound_shipped,
    incoming.inbound_receiving,
    incoming.unfulfillable,
    incoming.researching,
    incoming.total
from incoming
inner join skus on incoming.sku = skus.sku
order by skus.sku_id
