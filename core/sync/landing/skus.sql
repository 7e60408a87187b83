-- The SKUs of a batch that the workspace does not know yet, numbered on.
insert into skus
with

fresh as (
    select named.*
    from named
    left join skus on named.sku = skus.sku
    where skus.sku_id is null
),

highest as (
    select coalesce(max(sku_id), 0) as sku_id
    from skus
)

select
    highest.sku_id + row_number() over (order by fresh.sku) as sku_id,
    fresh.sku,
    fresh.asin,
    fresh.fnsku,
    fresh.title,
    fresh.named_at
from fresh
cross join highest
