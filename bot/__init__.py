"""The application: actions, listeners, views, settings and the command line."""
