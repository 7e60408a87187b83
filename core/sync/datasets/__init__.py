"""One module per dataset: fetch knows Amazon, rows is pure."""
