"""An account as front ends see it; ``engine`` serves its login."""
