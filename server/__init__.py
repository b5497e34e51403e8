"""What HTTP sees beside the pages."""
