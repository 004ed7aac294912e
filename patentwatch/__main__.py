"""`python -m patentwatch` is `patentwatch`."""

from patentwatch.cli import main

main(prog_name="patentwatch")
