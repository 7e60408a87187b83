-- The workspace file: one seller's figures, encrypted as a whole.
-- Small integer keys point into the dimension tables; big tables are in
-- time order and have no primary key (the writer lock keeps them clean).

-- ---------------------------------------------------------------- the file
create table meta (
    -- 'version': random id renewed by every load; answers are cached by it
    -- 'order_secret': hex of the HMAC secret of order ids
    name varchar primary key,
    value varchar not null
);

-- -------------------------------------------------------------- dimensions
create table pools (
    pool_id utinyint primary key,
    code varchar not null unique,
    region varchar not null,
    time_zone varchar not null            -- of its first marketplace
);

create table pool_countries (
    country varchar primary key,          -- as ledger and orders write it
    pool_id utinyint not null
);

create table marketplaces (
    marketplace_id utinyint primary key,  -- 0 is Non-Amazon
    code varchar not null unique,
    amazon_id varchar,                    -- null for Non-Amazon
    sales_channel varchar not null,
    region varchar,                       -- null for Non-Amazon
    pool_id utinyint,                     -- null for Non-Amazon
    currency varchar,                     -- null for Non-Amazon
    time_zone varchar not null            -- UTC for Non-Amazon
);

create table skus (
    sku_id integer primary key,
    sku varchar not null unique,
    asin varchar,
    fnsku varchar,
    title varchar,
    named_at timestamptz                  -- of the line or summary naming it
);

create table connections (
    connection_id utinyint primary key,
    control_id varchar not null unique,   -- the row in the control database
    region varchar not null
);

create table connection_marketplaces (
    connection_id utinyint not null,
    marketplace_id utinyint not null,
    primary key (connection_id, marketplace_id)
);

create table first_days (
    -- since which local day a connection's figures are wanted: syncs go on
    -- with it, whatever a later one asks for
    connection_id utinyint not null,
    marketplace_id utinyint not null,
    first_day date not null,
    primary key (connection_id, marketplace_id)
);

-- ------------------------------------------------------------------ orders
create table order_lines (
    -- one row per line of an order; equal lines are separate rows
    connection_id utinyint not null,
    order_key blob not null,              -- 16 bytes of HMAC, never the id
    sku_id integer not null,
    marketplace_id utinyint not null,
    pool_id utinyint,                     -- whose stock it drew: Amazon only
    day date not null,                    -- local to the marketplace
    purchased_at timestamptz not null,
    updated_at timestamptz not null,
    quantity integer not null,
    is_amazon boolean not null,           -- fulfilled by Amazon
    is_counting boolean not null,         -- not cancelled and quantity > 0
    order_status varchar not null,
    item_status varchar,
    currency varchar,                     -- null for Non-Amazon
    item_price decimal(18, 2),            -- line total as Amazon sent it
    ship_country varchar,
    origin varchar not null               -- synced, amazon_upload
);

create table daily (
    -- one row per SKU, marketplace and day with a counting line, in day order
    day date not null,
    sku_id integer not null,
    marketplace_id utinyint not null,
    units integer not null,
    units_amazon integer not null,
    units_merchant integer not null,
    orders integer not null,              -- distinct; not additive over SKUs
    revenue decimal(18, 2),               -- null: no counting line has a price
    origin varchar not null
);

create table daily_multichannel (
    -- one row per SKU, pool and UTC day: Non-Amazon units that Amazon shipped
    day date not null,
    sku_id integer not null,
    pool_id utinyint not null,
    units integer not null
);

create table order_cover (
    -- disjoint intervals that good order loads cover, merged, per connection
    connection_id utinyint not null,
    from_at timestamptz not null,
    to_at timestamptz not null            -- exclusive
);

create table order_updates (
    -- until when later changes to covered orders are known
    connection_id utinyint primary key,
    known_until timestamptz not null
);

create table complete_days (
    -- disjoint ranges of complete local days; UTC days for Non-Amazon
    marketplace_id utinyint not null,
    first_day date not null,
    last_day date not null                -- inclusive
);

-- ----------------------------------------------------------- stock history
create table ledger (
    -- one row per day, connection, SKU, country and disposition; FNSKUs summed
    day date not null,
    connection_id utinyint not null,
    sku_id integer not null,
    country varchar not null,
    disposition varchar not null,         -- SELLABLE, DEFECTIVE, ...
    starting integer not null,
    in_transit integer not null,
    receipts integer not null,
    customer_shipments integer not null,  -- negative, as Amazon sends it
    customer_returns integer not null,
    vendor_returns integer not null,
    transfers integer not null,
    found integer not null,
    lost integer not null,
    damaged integer not null,
    disposed integer not null,
    other integer not null,
    ending integer not null,
    unknown integer not null
);

create table stock_days (
    -- one row per day, SKU and pool: SELLABLE over FNSKUs and countries
    day date not null,
    sku_id integer not null,
    pool_id utinyint not null,
    starting integer not null,
    ending integer not null
);

create table stock_cover (
    -- disjoint ranges of days that believed ledger loads cover
    connection_id utinyint not null,
    first_day date not null,
    last_day date not null                -- inclusive
);

create table stock_covered_days (
    -- disjoint ranges of days that stock history covers, per pool
    pool_id utinyint not null,
    first_day date not null,
    last_day date not null                -- inclusive
);

-- -------------------------------------------------------------- stock now
create table inventory_walks (
    -- one row per full walk; a later walk of the same day replaces it
    connection_id utinyint not null,
    marketplace_id utinyint not null,
    day date not null,                    -- local to the first marketplace
    taken_at timestamptz not null,
    primary key (connection_id, marketplace_id, day)
);

create table inventory_summaries (
    -- one row per walk and SKU
    day date not null,
    connection_id utinyint not null,
    marketplace_id utinyint not null,
    sku_id integer not null,
    asin varchar,
    fnsku varchar,
    fulfillable integer not null,
    reserved_customer_orders integer not null,
    reserved_transfers integer not null,
    reserved_processing integer not null,
    inbound_working integer not null,
    inbound_shipped integer not null,
    inbound_receiving integer not null,
    unfulfillable integer not null,
    researching integer not null,
    total integer not null                -- as Amazon sends it
);

-- --------------------------------------------------------------- shipments
create table shipment_walks (
    connection_id utinyint not null,
    day date not null,                    -- UTC
    taken_at timestamptz not null,
    primary key (connection_id, day)
);

create table shipments (
    -- one row per shipment and day on which something about it changed
    day date not null,                    -- UTC day of the walk that saw it
    connection_id utinyint not null,
    shipment_id varchar not null,         -- FBA...
    marketplace_id utinyint,
    name varchar,
    status varchar not null,
    destination varchar,
    closed_day date,                      -- the day we first saw CLOSED
    primary key (connection_id, shipment_id, day)
);

create table shipment_items (
    -- one row per shipment, SKU and day on which a quantity changed
    day date not null,
    connection_id utinyint not null,
    shipment_id varchar not null,
    sku_id integer not null,
    units_shipped integer not null,
    units_received integer not null,
    primary key (connection_id, shipment_id, sku_id, day)
);

-- ----------------------------------------------------------------- catalog
create table catalog_items (
    asin varchar not null,
    marketplace_id utinyint not null,
    title varchar,
    brand varchar,
    product_type varchar,
    seen_at timestamptz not null,
    primary key (asin, marketplace_id)
);

-- -------------------------------------------------------------------- sync
create table loads (
    -- one row per batch that was loaded, for "as of" and for people
    dataset varchar not null,
    connection_id utinyint not null,
    marketplace_id utinyint,              -- null: all of the connection
    from_at timestamptz,
    to_at timestamptz,
    as_of timestamptz not null,           -- the calendar's instant it shows
    loaded_at timestamptz not null,       -- real
    rows_loaded integer not null
);

create table report_requests (
    -- reports asked for and not yet loaded: a killed sync finds them again
    connection_id utinyint not null,
    report_type varchar not null,
    from_at timestamptz not null,
    to_at timestamptz not null,
    report_id varchar not null,
    requested_at timestamptz not null     -- real
);

create table issues (
    -- bad data, as values
    dataset varchar not null,
    connection_id utinyint,
    seen_at timestamptz not null,
    source varchar not null,
    source_row integer,
    source_column varchar not null,
    message varchar not null,
    hint varchar not null
);

create table quarantined_lines (
    -- order lines of a sales channel that we do not know, as JSON
    connection_id utinyint not null,
    order_key blob not null,
    seen_at timestamptz not null,
    sales_channel varchar not null,
    line varchar not null
);
