-- Shipments to look at again, one row each: not over when last seen, or
-- closed only lately, while units may still be found.
select shipment_id
from (
    select
        shipment_id,
        arg_max(status, day) as status,
        max(closed_day) as closed_day
    from shipments
    where connection_id = $connection
    group by shipment_id
) as newest
where
    status not in ('CLOSED', 'CANCELLED', 'DELETED')
    or closed_day >= $closed_since
order by shipment_id
