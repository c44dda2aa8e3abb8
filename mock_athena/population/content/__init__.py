"""What a chart consists of, one kind of content per module."""
