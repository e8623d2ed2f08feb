"""Long work over many batches."""
