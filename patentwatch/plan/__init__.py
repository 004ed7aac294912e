"""The office's yearly work plan: promises whose actuals are counted, never typed."""
