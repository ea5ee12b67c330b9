"""The lock as the site sees it; nothing here visits anything."""
