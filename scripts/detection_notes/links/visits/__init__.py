"""All that touches the network, and nothing else does: tasks → a Tour."""
