"""Running days to come, on a copy: how much would leave and what it would cost."""
