"""What everything stands on: errors, settings, clock, ids, keys and log."""
