-- Until when changes to covered orders are known; only reports of changes
-- move it on.
insert into order_updates
values ($connection, $known_until)
on conflict (connection_id) do update set
    known_until = case
        when $is_update then greatest(order_updates.known_until, $known_until)
        else order_updates.known_until
    end
