"""The mutation suite: single changes that the gate must find and name, and other roads to an equal schema."""
