"""The sample city: invented owners, patents at every stage of life, one whole walk."""
