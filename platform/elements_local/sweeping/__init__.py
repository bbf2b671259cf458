"""What becomes of one change at every second around a poll, as the CRM is and as CRMs can be: a matrix of a configuration."""
