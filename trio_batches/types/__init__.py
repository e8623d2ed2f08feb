"""What the wire carries: msgspec Structs, no I/O."""
