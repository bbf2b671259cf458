"""The harness: the three services started as one stack, and what stands on it.

That is the command line, scenarios with their runner and pytest plugin, recording, and the certification of receivers.
It sees no more of the services than an outside client does. Import the module you need; there is nothing at the top.
"""
