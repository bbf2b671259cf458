"""The elements: what each is, and what requests to its vendor look like. Pure: nothing is sent from here."""
