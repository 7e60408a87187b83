-- Multi-channel sums of the touched days, which are made anew.
delete from daily_multichannel
using touched
where
    touched.marketplace_id = 0
    and daily_multichannel.sku_id = touched.sku_id
    and daily_multichannel.day = touched.day
    and daily_multichannel.day between $first_day and $last_day
