"""What the kit gives to a service that plays a vendor: all but the vendor's own routes; to one without a store, records too."""
