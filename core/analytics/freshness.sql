-- How fresh each dataset is, one row per dataset and connection.
-- dataset: its name, such as orders
-- region: of the connection
-- as_of: the newest instant that the loaded data shows
-- loaded_at: when it was loaded
-- rows_loaded: rows of all its loads
select
    l.dataset,
    c.region,
    max(l.as_of) as as_of,
    max(l.loaded_at) as loaded_at,
    cast(sum(l.rows_loaded) as bigint) as rows_loaded
from loads as l
left join connections as c on l.connection_id = c.connection_id
group by l.dataset, l.connection_id, c.region
order by l.dataset, c.region
