"""Tests of what the commands in `bench` are made of; they need no lab."""
