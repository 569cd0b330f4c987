"""What people can do. Keyword-only functions that change what is kept, or refuse."""
