"""What is remembered: values in, values out; the open transaction comes first."""
