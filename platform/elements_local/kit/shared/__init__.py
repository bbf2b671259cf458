"""What only several processes on one database need, so that they serve one environment."""
