-- What order lines call their SKUs, one row per SKU: the newest line's word.
select
    sku,
    arg_max(asin, purchased_at) as asin,
    cast(null as varchar) as fnsku,
    arg_max(title, purchased_at) as title,
    max(purchased_at) as named_at
from (
    select sku, asin, title, purchased_at
    from incoming
    order by purchased_at, asin, title
)
group by sku
