"""Several processes that train one net together: who they are, their records, gradients and files."""
