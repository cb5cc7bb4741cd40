"""What every room stands on: the database, the time, files, and how the domain refuses."""
