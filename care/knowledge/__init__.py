"""What was read in published sources, packaged with Baton, each row cited."""
