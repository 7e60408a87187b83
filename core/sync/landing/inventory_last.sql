-- The newest walk of a marketplace and how many SKUs it listed: one row, none
-- before the first walk.
select
    walks.taken_at,
    count(summaries.sku_id) as sku_count
from inventory_walks as walks
left join inventory_summaries as summaries
    on
        walks.connection_id = summaries.connection_id
        and walks.marketplace_id = summaries.marketplace_id
        and walks.day = summaries.day
where
    walks.connection_id = $connection
    and walks.marketplace_id = $marketplace
group by walks.taken_at, walks.day
order by walks.day desc
limit 1
