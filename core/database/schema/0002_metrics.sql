-- The answer to `velocity` as of each marketplace's last complete day, kept
-- because every page asks for it. Filled by core/analytics/velocity.py; good
-- while meta 'metrics_version' is the file's version, else it is recomputed.
create table sku_metrics (
    sku_id integer not null,
    marketplace_id utinyint not null,
    as_of date not null,
    units_7d bigint not null,
    units_14d bigint not null,
    units_30d bigint not null,
    units_60d bigint not null,
    units_90d bigint not null,
    velocity_7d double,                   -- null: no in-stock day
    velocity_14d double,
    velocity_30d double,
    velocity_60d double,
    velocity_90d double,
    in_stock_days_7d integer not null,
    in_stock_days_14d integer not null,
    in_stock_days_30d integer not null,
    in_stock_days_60d integer not null,
    in_stock_days_90d integer not null,
    uncovered_days_90d integer not null,
    basis varchar not null,               -- stock, calendar
    peak_velocity double,                 -- null: no week has 4 in-stock days
    peak_from date,
    peak_to date,
    first_day date not null,
    last_sale_day date not null
);
