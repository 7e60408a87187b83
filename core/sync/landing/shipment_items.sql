-- Quantities that changed, one row per shipment and SKU: the day's change.
-- What a shipment no longer lists becomes 0.
insert into shipment_items
with

before as (
    select
        items.shipment_id,
        items.sku_id,
        arg_max(items.units_shipped, items.day) as units_shipped,
        arg_max(items.units_received, items.day) as units_received
    from shipment_items as items
    semi join looked_at on items.shipment_id = looked_at.shipment_id
    where items.connection_id = $connection
    group by items.shipment_id, items.sku_id
),

listed as (
    select
        items_seen.shipment_id,
        skus.sku_id,
        items_seen.units_shipped,
        items_seen.units_received
    from items_seen
    inner join skus on items_seen.sku = skus.sku
),

compared as (
    select
        coalesce(listed.shipment_id, before.shipment_id) as shipment_id,
        coalesce(listed.sku_id, before.sku_id) as sku_id,
        coalesce(listed.units_shipped, 0) as units_shipped,
        coalesce(listed.units_received, 0) as units_received,
        before.units_shipped as shipped_before,
        before.units_received as received_before
    from listed
    full join before
        on
            listed.shipment_id = before.shipment_id
            and listed.sku_id = before.sku_id
)

select
    cast($day as date) as day,
    $connection as connection_id,
    shipment_id,
    sku_id,
    units_shipped,
    units_received
from compared
where
    units_shipped is distinct from shipped_before
    or units_received is distinct from received_before
order by shipment_id, sku_id
