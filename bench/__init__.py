"""`make bench`: what the hot pages cost, as ratios to a floor of the same run on the same machine."""
