-- Which days believed ledger loads cover, one row per pool and range of days.
-- pool_id: our number of the pool
-- first_day: the first day of the range
-- last_day: the last day of the range, included
select
    pool_id,
    first_day,
    last_day
from stock_covered_days
order by pool_id, first_day
