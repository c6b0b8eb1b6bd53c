-- Whether compressed batches are looked into before they are stored.
ALTER TABLE topic ADD COLUMN validate_compressed BOOLEAN;
