"""What Can I Post does beside what the libraries alone do: `make bench`. For development only, not packaged."""
