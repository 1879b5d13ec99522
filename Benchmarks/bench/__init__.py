"""What scripts/bench.sh measures. A suite is a file in `suites`; what they share has a file each here."""
