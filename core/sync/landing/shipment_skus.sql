-- SKUs of shipments, one row each; an item says nothing but their SKU.
select distinct
    sku,
    cast(null as varchar) as asin,
    cast(null as varchar) as fnsku,
    cast(null as varchar) as title,
    cast(null as timestamptz) as named_at
from items_seen
