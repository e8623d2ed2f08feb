"""One conversation with the service."""
