-- Shipments about which something is new, one row each: the day's change.
insert into shipments
with

before as (
    select
        shipment_id,
        arg_max(status, day) as status,
        arg_max(name, day) as name,
        arg_max(destination, day) as destination,
        arg_max(marketplace_id, day) as marketplace_id,
        min(closed_day) as closed_day
    from shipments
    where connection_id = $connection
    group by shipment_id
),

seen as (
    select
        incoming.shipment_id,
        coalesce(
            before.marketplace_id, incoming.marketplace_id
        ) as marketplace_id,
        coalesce(incoming.name, before.name) as name,
        incoming.status,
        coalesce(incoming.destination, before.destination) as destination,
        coalesce(
            before.closed_day,
            case when incoming.status = 'CLOSED' then $day end
        ) as closed_day,
        (
            before.shipment_id is null
            or incoming.status <> before.status
            or coalesce(incoming.name, '') <> coalesce(before.name, '')
            or coalesce(incoming.destination, '')
            <> coalesce(before.destination, '')
        ) as is_new
    from incoming
    left join before on incoming.shipment_id = before.shipment_id
)

select
    cast($day as date) as day,
    $connection as connection_id,
    shipment_id,
    marketplace_id,
    name,
    status,
    destination,
    closed_day
from seen
where is_new
order by shipment_id
