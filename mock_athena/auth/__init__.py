"""OAuth 2, SMART App Launch and Backend Services: who is calling, and what may they do."""
