"""The staff's pages over the kernel's nouns."""
