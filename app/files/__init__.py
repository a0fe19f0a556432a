"""Files: taken in, looked at, scanned, kept in a folder or an S3 store, and given to those who may read the case."""
