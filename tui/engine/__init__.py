"""What runs under Trio: the client, the ledger and the jobs. It knows no widgets."""
