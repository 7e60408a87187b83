-- Names of known SKUs, where the batch's are at least as new.
update skus
set
    asin = coalesce(named.asin, skus.asin),
    fnsku = coalesce(named.fnsku, skus.fnsku),
    title = coalesce(named.title, skus.title),
    named_at = named.named_at
from named
where
    named.sku = skus.sku
    and (skus.named_at is null or named.named_at >= skus.named_at)
    and (
        named.named_at is distinct from skus.named_at
        or coalesce(named.asin, '') <> coalesce(skus.asin, '')
        or coalesce(named.fnsku, skus.fnsku, '') <> coalesce(skus.fnsku, '')
        or coalesce(named.title, '') <> coalesce(skus.title, '')
    )
