"""What each role expects and commits to, agreed by both sides before the work begins."""
