-- What is at Amazon and in which state, one row per SKU and pool of stock.
-- Of the newest walk that lists the SKU in a marketplace of the pool; before
-- the first walk only the sellable balance of the ledger is known.
-- sku: the seller's SKU
-- asin: of the newest line or summary
-- fnsku: Amazon's label of the unit
-- title: of the newest line or summary
-- pool: its code, such as EU
-- fulfillable: can be picked, packed and shipped
-- reserved_customer_orders: picked for orders
-- reserved_transfers: on the way between fulfilment centres
-- reserved_processing: held for measuring and the like
-- inbound_working: in shipments that are being prepared
-- inbound_shipped: in shipments on their way
-- inbound_receiving: in shipments that are being unloaded
-- unfulfillable: damaged, defective, expired
-- researching: misplaced, looked for by Amazon
-- total: as Amazon sends it
-- source: snapshot, or ledger where only sellable stock is known
-- as_of: the stock day, local to the pool's first marketplace
-- sku_id: our number of the SKU
-- pool_id: our number of the pool
with walks as (
    select
        w.connection_id,
        w.marketplace_id,
        w.day,
        w.taken_at,
        m.pool_id
    from inventory_walks as w
    inner join marketplaces as m on w.marketplace_id = m.marketplace_id
    where cast($as_of as date) is null or w.day <= cast($as_of as date)
    qualify row_number() over (
        partition by w.connection_id, w.marketplace_id order by w.day desc
    ) = 1
),

walked as (
    select
        pool_id,
        max(day) as as_of
    from walks
    group by pool_id
),

listed as (
    select
        s.* exclude (day, connection_id),
        w.pool_id,
        'snapshot' as source
    from inventory_summaries as s
    inner join walks as w
        on
            s.connection_id = w.connection_id
            and s.marketplace_id = w.marketplace_id
            and s.day = w.day
    qualify row_number() over (
        partition by s.sku_id, w.pool_id
        order by w.taken_at desc, s.marketplace_id asc, s.connection_id asc
    ) = 1
),

-- pools that no walk has seen yet: the last day that the ledger covers
ledger_days as (
    select
        pool_id,
        max(least(last_day, cast($as_of as date))) as as_of
    from stock_covered_days
    where
        (cast($as_of as date) is null or first_day <= cast($as_of as date))
        and pool_id not in (select pool_id from walked)
    group by pool_id
),

balances as (
    select
        s.sku_id,
        s.pool_id,
        coalesce(
            max(s.ending) filter (where s.day = l.as_of), 0
        ) as fulfillable,
        'ledger' as source
    from stock_days as s
    inner join ledger_days as l on s.pool_id = l.pool_id and s.day <= l.as_of
    group by s.sku_id, s.pool_id
    having bool_or(s.starting > 0 or s.ending > 0)
),

stock as (
    select * from listed
    union all by name
    select * from balances
),

days as (
    select * from walked
    union all
    select * from ledger_days
)

select
    k.sku,
    k.asin,
    coalesce(n.fnsku, k.fnsku) as fnsku,
    k.title,
    p.code as pool,
    n.* exclude (asin, fnsku, marketplace_id),
    d.as_of
from stock as n
inner join days as d on n.pool_id = d.pool_id
inner join skus as k on n.sku_id = k.sku_id
inner join pools as p on n.pool_id = p.pool_id
where
    list_contains(coalesce(cast($pools as varchar[]), [p.code]), p.code)
    and k.sku = coalesce($sku, k.sku)
    and contains(
        lower(concat_ws(chr(10), k.sku, k.asin, k.title)),
        lower(coalesce($search, ''))
    )
order by n.sku_id, n.pool_id
