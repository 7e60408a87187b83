-- Sellable balances of a block of days, one row per day, SKU and pool: summed
-- over connections, FNSKUs and the pool's countries.
insert into stock_days
select
    ledger.day,
    ledger.sku_id,
    pool_countries.pool_id,
    sum(ledger.starting) as starting,
    sum(ledger.ending) as ending
from ledger
inner join pool_countries on ledger.country = pool_countries.country
where
    ledger.day between $first_day and $last_day
    and ledger.disposition = 'SELLABLE'
    and list_contains($pools, pool_countries.pool_id)
group by ledger.day, ledger.sku_id, pool_countries.pool_id
order by ledger.day, ledger.sku_id, pool_countries.pool_id
