"""`python -m trio_batches`."""

from trio_batches.cli import main

if __name__ == "__main__":
    main()
