"""What several checks look at together: one sign-in, one export, one burst. Each is done once in a run and remembered."""
