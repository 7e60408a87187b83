-- What could not be used, one row per piece of bad data, the newest first.
-- seen_at: when it came in
-- dataset: as named in a sync
-- region: of the connection, null when it is about none
-- source: where it came from
-- source_row: 1-based in its source, null when it is about the whole
-- source_column: in its source, empty for the whole row
-- message: what is wrong
-- hint: what to do about it
select
    i.seen_at,
    i.dataset,
    c.region,
    i.source,
    i.source_row,
    i.source_column,
    i.message,
    i.hint
from issues as i
left join connections as c on i.connection_id = c.connection_id
order by i.seen_at desc, i.dataset asc
limit cast($most as integer)
