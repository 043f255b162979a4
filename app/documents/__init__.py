"""Files from outside: what they really are, the text in them, and the store that keeps them by their digest."""
