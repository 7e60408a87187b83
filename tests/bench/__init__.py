"""Measured numbers: each module here has rows() of (name, measured, limit, unit)."""
