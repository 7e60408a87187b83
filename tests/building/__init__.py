"""Builders: small worlds that take only the figures that matter."""
