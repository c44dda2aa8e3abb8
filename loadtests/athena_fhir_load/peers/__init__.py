"""Others beside ours, in one run: what is installable, measured by the same means, losses shown as they are."""
