"""The jobs API: pollers and scheduled calls, as the platform's scheduler shows them."""
