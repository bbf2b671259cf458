"""A stack: started in this process or found elsewhere, and what it is asked for as a whole."""
