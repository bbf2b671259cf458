"""Events, the notifications they become, and who is subscribed to them."""
