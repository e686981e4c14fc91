"""What executes inside a sandbox: standard library only, nothing of ours from outside."""
