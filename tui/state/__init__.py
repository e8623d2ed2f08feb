"""What the screens show, as plain values: no terminal, no event loop, no network."""
