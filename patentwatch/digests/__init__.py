"""Digests: what officials are told of a week or a month, as values. Pure.

`values` says what a digest holds, `windows` which time it is about, `making` how it
follows from the material, `packing` how it is kept. How it looks is for others.
"""
