"""A local Message Batches service."""
