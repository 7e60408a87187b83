-- What was sent and what arrived, one row per shipment and SKU.
-- shipment_id: Amazon's number of it, FBA...
-- name: as the seller named it
-- status: as Amazon says it, such as SHIPPED, RECEIVING, CLOSED
-- destination: the fulfilment centre
-- created: the day it was made, null until its plan is read
-- eta: the end of its delivery window, null until its plan is read
-- sku: the seller's SKU
-- asin: of the newest line or summary
-- title: of the newest line or summary
-- units_shipped: units that the seller said are in it
-- units_received: units that Amazon says have arrived
-- units_missing: shipped minus received; a discrepancy once CLOSED
-- closed_day: the UTC day on which it was first seen CLOSED
-- claim_by: closed_day and the days of the claim window, null without one
-- marketplace: where it was asked for
-- as_of: the UTC day of the newest walk through the shipments
with walks as (
    select
        connection_id,
        max(day) as as_of
    from shipment_walks
    where cast($as_of as date) is null or day <= cast($as_of as date)
    group by connection_id
),

heads as (
    select
        s.*,
        w.as_of
    from shipments as s
    inner join walks as w
        on s.connection_id = w.connection_id and s.day <= w.as_of
    qualify row_number() over (
        partition by s.connection_id, s.shipment_id order by s.day desc
    ) = 1
),

items as (
    select i.*
    from shipment_items as i
    inner join walks as w
        on i.connection_id = w.connection_id and i.day <= w.as_of
    qualify row_number() over (
        partition by i.connection_id, i.shipment_id, i.sku_id
        order by i.day desc
    ) = 1
),

-- rows of data/reference/claim_windows.csv
claim_windows as (
    select
        unnest(cast($claim_places as varchar[])) as code,
        unnest(cast($claim_since as date[])) as valid_from,
        unnest(cast($claim_days as integer[])) as claim_days
)

select
    h.shipment_id,
    h.name,
    h.status,
    h.destination,
    cast(null as date) as created,
    cast(null as date) as eta,
    k.sku,
    k.asin,
    k.title,
    i.units_shipped,
    i.units_received,
    i.units_shipped - i.units_received as units_missing,
    h.closed_day,
    h.closed_day + (
        select max_by(c.claim_days, c.valid_from)
        from claim_windows as c
        where c.code = m.code and c.valid_from <= h.closed_day
    ) as claim_by,
    m.code as marketplace,
    h.as_of
from heads as h
inner join items as i
    on h.connection_id = i.connection_id and h.shipment_id = i.shipment_id
inner join skus as k on i.sku_id = k.sku_id
left join marketplaces as m on h.marketplace_id = m.marketplace_id
where
    (
        cast($marketplaces as varchar[]) is null
        or list_contains(cast($marketplaces as varchar[]), m.code)
    )
    and k.sku = coalesce($sku, k.sku)
    and contains(
        lower(concat_ws(chr(10), k.sku, k.asin, k.title)),
        lower(coalesce($search, ''))
    )
order by h.shipment_id, k.sku
