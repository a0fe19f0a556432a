"""What people owe by a day, whatever room it lies in, and who is told when it is late."""
