-- ASINs of a marketplace without fresh names, one row each; the never asked
-- first.
with

listed as (
    select summaries.asin
    from inventory_summaries as summaries
    where
        summaries.connection_id = $connection
        and summaries.marketplace_id = $marketplace
    union
    select skus.asin
    from daily
    inner join skus on daily.sku_id = skus.sku_id
    where daily.marketplace_id = $marketplace
)

select listed.asin
from listed
left join catalog_items
    on
        listed.asin = catalog_items.asin
        and catalog_items.marketplace_id = $marketplace
where
    listed.asin is not null
    and (catalog_items.seen_at is null or catalog_items.seen_at < $stale_before)
order by catalog_items.seen_at nulls first, listed.asin
