"""When an article changes: who was answered with its old words, and one correction for all."""
