"""A page in one of its forms → its links."""
