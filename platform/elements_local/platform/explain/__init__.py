"""Why a change at the vendor has, or has not, led to the callback that it should have, from facts that are kept."""
