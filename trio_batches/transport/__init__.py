"""The only rooms that know the HTTP library."""
