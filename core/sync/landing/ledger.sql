-- Movements of a block of days, one row per day, SKU, country and disposition.
insert into ledger
select
    incoming.day,
    $connection as connection_id,
    skus.sku_id,
    incoming.country,
    incoming.disposition,
    sum(incoming.starting) as starting,
    sum(incoming.in_transit) as in_transit,
    sum(incoming.receipts) as receipts,
    sum(incoming.customer_shipments) as customer_shipments,
    sum(incoming.customer_returns) as customer_returns,
    sum(incoming.vendor_returns) as vendor_returns,
    sum(incoming.transfers) as transfers,
    sum(incoming.found) as found,
    sum(incoming.lost) as lost,
    sum(incoming.damaged) as damaged,
    sum(incoming.disposed) as disposed,
    sum(incoming.other) as other,
    sum(incoming.ending) as ending,
    sum(incoming.unknown) as unknown
from incoming
inner join skus on incoming.sku = skus.sku
group by incoming.day, skus.sku_id, incoming.country, incoming.disposition
order by incoming.day
