"""What a mock was asked, told to people and other programs: HAR, curl, differences, timelines."""
