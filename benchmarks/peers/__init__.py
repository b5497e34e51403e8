"""The least that other ways of doing the same would cost, for comparison."""
