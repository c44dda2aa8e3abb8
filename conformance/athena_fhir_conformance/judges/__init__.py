"""What is right and wrong, as pure functions: no HTTP, no target, no clock. Each is tested with wrong inputs."""
