"""Bytes and values in, values out: no Trio, no HTTP library."""
