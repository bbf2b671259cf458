"""What passes a service: its journal and calls, and scripted faults, which apply to them."""
