-- Orders of a batch that we hold, one row per order, and whether ours is the
-- newer state, so that the batch's is left out.
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
    -- An order keeps its instant: only where such orders lie is looked.
    where order_lines.purchased_at between $first_at and $last_at
    group by order_lines.order_key
)

select
    arrived.order_key,
    held.updated_at > arrived.updated_at as is_stale
from arrived
inner join held on arrived.order_key = held.order_key
