"""The version of the library, in the one place that the build reads too."""

VERSION = "0.1.0"
