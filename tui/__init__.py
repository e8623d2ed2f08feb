"""The terminal app."""

import os

# Textual reads it once, when it is imported: paint within 8 ms of a key, and not 17.
# On a line to another machine, every picture counts.
if "SSH_CONNECTION" not in os.environ:
    os.environ.setdefault("TEXTUAL_FPS", "120")
