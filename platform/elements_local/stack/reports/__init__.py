"""What is told of runs: lines, pages, JUnit files."""
