-- Over how many shards a topic's partitions are spread.
ALTER TABLE topic ADD COLUMN shards INT NOT NULL DEFAULT 1;
