"""What is known of the frameworks, as data."""
