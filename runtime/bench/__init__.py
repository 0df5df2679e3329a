"""What the benchmarks need: servers in processes of their own, and a load that costs little."""
