"""What the municipal side puts on the portal's home: what waits for the body, its requests, and the calls that are open."""
