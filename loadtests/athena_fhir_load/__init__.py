"""Helpers of the load tests and benchmarks: the only code that may import emulator, client and conformance suite."""
