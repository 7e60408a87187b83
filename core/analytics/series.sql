-- Units per day with the days of none, one row per day, for charts.
-- day: up to the last day that is complete in every chosen marketplace
-- units: ordered that day, all channels, all chosen SKUs and marketplaces
-- mean_7d: mean of the 7 days that end there, null for the first six
-- mean_28d: the same of 28 days
-- as_of: the last day
with places as (
    select
        m.marketplace_id,
        max(c.last_day) as last_day,
        m.marketplace_id = 0
        or m.marketplace_id in (
            select marketplace_id from connection_marketplaces
        ) as is_connected
    from marketplaces as m
    inner join complete_days as c on m.marketplace_id = c.marketplace_id
    where
        list_contains(
            coalesce(cast($marketplaces as varchar[]), [m.code]), m.code
        )
    group by m.marketplace_id
),

ends as (
    select
        coalesce(
            cast($as_of as date),
            min(last_day) filter (where is_connected),
            min(last_day)
        ) as as_of
    from places
),

wanted as (
    select sku_id
    from skus
    where
        sku = coalesce($sku, sku)
        and contains(
            lower(concat_ws(chr(10), sku, asin, title)),
            lower(coalesce($search, ''))
        )
),

sold as (
    select
        d.day,
        sum(d.units) as units
    from daily as d
    inner join marketplaces as m on d.marketplace_id = m.marketplace_id
    where
        d.sku_id in (select sku_id from wanted)
        and d.day <= (select as_of from ends)
        and list_contains(
            coalesce(cast($marketplaces as varchar[]), [m.code]), m.code
        )
    group by d.day
),

days as (
    select cast(unnest(generate_series(
        (select min(day) from sold), (select as_of from ends), interval 1 day
    )) as date) as day
),

means as (
    select
        d.day,
        coalesce(s.units, 0) as units,
        row_number() over (order by d.day) as age,
        avg(coalesce(s.units, 0)) over (
            order by d.day rows between 6 preceding and current row
        ) as mean_7d,
        avg(coalesce(s.units, 0)) over (
            order by d.day rows between 27 preceding and current row
        ) as mean_28d
    from days as d
    left join sold as s on d.day = s.day
)

select
    day,
    cast(units as bigint) as units,
    case when age >= 7 then mean_7d end as mean_7d,
    case when age >= 28 then mean_28d end as mean_28d,
    (select as_of from ends) as as_of
from means
where
    day >= coalesce(cast($since as date), day)
    and day <= coalesce(cast($until as date), day)
order by day
