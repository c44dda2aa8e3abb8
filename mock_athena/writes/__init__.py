"""Decides what may be written: create, update, delete, batch, booking; and what is a valid resource."""
