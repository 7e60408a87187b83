"""From Amazon to the workspace file: what to fetch, and how it lands."""
