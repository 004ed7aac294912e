"""What the sample city did in the year of the plan: a table for each kind of record.

The columns are the keys of the kind's fields. A cell `@华龙1` is a part of the cast: in
a column of parties the enterprise, of patents its patent, of counties where it lies.
"""
