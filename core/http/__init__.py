"""Routes and middleware around the pages."""
