"""patentwatch: tells patentees in time what their Chinese patents owe."""

__version__ = "0.1.0"
