"""Kill runs, fault runs and replicas: real `canipost serve` processes between a fake Slack and a fake Microsoft."""
