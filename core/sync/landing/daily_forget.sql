-- Sums of the touched days, which are made anew.
delete from daily
using touched
where
    daily.sku_id = touched.sku_id
    and daily.marketplace_id = touched.marketplace_id
    and daily.day = touched.day
    and daily.day between $first_day and $last_day
    and daily.origin in ('synced', 'amazon_upload')
