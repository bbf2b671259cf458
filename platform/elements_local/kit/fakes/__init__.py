"""What a service that plays a vendor takes from the kit: everything but the vendor's own routes, and records if it has no store."""
