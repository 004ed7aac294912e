"""Where legal-status events and facts come from: files people save, remote services."""
