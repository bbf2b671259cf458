"""The dashboard: pages that show a stack and take its calls in hand, made of nothing but what its routes answer."""
