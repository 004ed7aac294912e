"""What people bring: list files, their columns, their rows, and what changed."""
