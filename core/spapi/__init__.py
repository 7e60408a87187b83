"""Amazon's Selling Partner API, asked politely and never believed blindly."""
