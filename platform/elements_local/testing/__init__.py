"""What the pytest plugin offers: items of scenarios, markers, and a stack in the process of the test."""
