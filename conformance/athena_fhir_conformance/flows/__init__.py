"""What several checks look at together: one sign-in, one export, one burst. Each is done once and remembered."""
