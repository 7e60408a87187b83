-- What `daily` must be, straight from the file of order lines by the
-- definitions, one row per SKU, marketplace and local day.
with

places as (
    select *
    from (
        values
        ('Amazon.com', 'US', 'America/Los_Angeles'),
        ('Amazon.ca', 'CA', 'America/Los_Angeles'),
        ('Amazon.com.mx', 'MX', 'America/Los_Angeles'),
        ('Amazon.co.uk', 'UK', 'Europe/London'),
        ('Amazon.de', 'DE', 'Europe/Paris'),
        ('Amazon.fr', 'FR', 'Europe/Paris'),
        ('Amazon.it', 'IT', 'Europe/Paris'),
        ('Amazon.es', 'ES', 'Europe/Paris'),
        ('Amazon.nl', 'NL', 'Europe/Amsterdam'),
        ('Amazon.com.be', 'BE', 'Europe/Brussels'),
        ('Amazon.ie', 'IE', 'Europe/Dublin'),
        ('Amazon.se', 'SE', 'Europe/Stockholm'),
        ('Amazon.pl', 'PL', 'Europe/Warsaw'),
        ('Amazon.co.jp', 'JP', 'Asia/Tokyo'),
        ('Amazon.com.au', 'AU', 'Australia/Sydney'),
        ('Non-Amazon', 'Non-Amazon', 'UTC')
    ) as facts (sales_channel, marketplace, time_zone)
),

lines as (
    select
        file.sku,
        places.marketplace,
        cast(
            timezone(
                places.time_zone, timezone('UTC', file.purchase_date)
            ) as date
        ) as day,
        file.quantity,
        file.fulfillment_channel,
        file.order_id,
        file.item_price
    from read_parquet($file) as file
    inner join places on file.sales_channel = places.sales_channel
    where file.order_status <> 'Cancelled' and file.quantity > 0
)

select
    sku,
    marketplace,
    day,
    sum(quantity) as units,
    coalesce(
        sum(quantity) filter (where fulfillment_channel = 'Amazon'), 0
    ) as units_amazon,
    coalesce(
        sum(quantity) filter (where fulfillment_channel = 'Merchant'), 0
    ) as units_merchant,
    count(distinct order_id) as orders,
    cast(sum(item_price) as decimal(18, 2)) as revenue
from lines
where day between $first_day and $last_day
group by sku, marketplace, day
