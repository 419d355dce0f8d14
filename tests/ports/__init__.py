"""What every implementation of a port does: the contracts, run against those that there are."""
