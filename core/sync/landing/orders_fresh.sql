-- Orders of a batch whose lines replace ours, one row per order: all but
-- those of which we hold a newer state.
with

arrived as (
    select
        order_key,
        max(updated_at) as updated_at
    from incoming
    group by order_key
),

held as (
    select
        order_lines.order_key,
        max(order_lines.updated_at) as updated_at
    from order_lines
    semi join arrived on order_lines.order_key = arrived.order_key
    group by order_lines.order_key
)

select
    arrived.order_key,
    held.order_key is not null as is_held
from arrived
left join held on arrived.order_key = held.order_key
where held.updated_at is null or held.updated_at <= arrived.updated_at
