"""The platform's rules: pure, standard library only. Each is given the data and the time it needs."""
