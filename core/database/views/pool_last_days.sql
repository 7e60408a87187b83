-- Until when sales are complete, one row per pool of stock.
-- A marketplace that is no longer connected does not hold its pool back.
-- pool_id: our number of the pool
-- last_day: the earliest last complete day of its marketplaces, null without
with last_days as (
    select
        marketplace_id,
        max(last_day) as last_day
    from complete_days
    group by marketplace_id
),

connected as (
    select distinct marketplace_id
    from connection_marketplaces
)

select
    m.pool_id,
    coalesce(
        min(l.last_day) filter (where c.marketplace_id is not null),
        min(l.last_day)
    ) as last_day
from marketplaces as m
left join last_days as l on m.marketplace_id = l.marketplace_id
left join connected as c on m.marketplace_id = c.marketplace_id
where m.pool_id is not null
group by m.pool_id
