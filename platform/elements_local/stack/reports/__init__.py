"""Reports of runs: lines, pages, JUnit files."""
