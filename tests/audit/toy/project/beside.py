"""What the files of a package import by the folder above it."""
HALF = 0.5
