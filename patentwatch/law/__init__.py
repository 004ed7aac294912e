"""The law of Chinese patent annuities: one function for one legal question.

Pure: dates and a rulebook in, values out. Numbers come from dated tables and are looked
up by the governing date, never by today; what the tables do not know is an error.
"""
