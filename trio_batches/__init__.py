"""A Trio-native client for the Message Batches API."""
