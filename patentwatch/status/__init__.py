"""What a notice about a patent's legal status says."""
