-- What order lines call their SKUs, one row per SKU: the newest line's word.
-- Instants are compared as numbers: DuckDB would hand a filter on them to
-- Arrow by way of a library that is not there.
with

called as (
    select
        sku,
        asin,
        title,
        purchased_at,
        epoch_us(purchased_at) as moment
    from incoming
),

newest as (
    select
        sku,
        max(moment) as moment
    from called
    group by sku
)

select
    newest.sku,
    max(called.asin) as asin,
    cast(null as varchar) as fnsku,
    max(called.title) as title,
    max(called.purchased_at) as named_at
from newest
inner join called
    on newest.sku = called.sku and newest.moment = called.moment
group by newest.sku
