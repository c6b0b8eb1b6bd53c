-- Producers that want what they send twice to be stored once.
CREATE TABLE producer (
  producer_id  BIGINT NOT NULL PRIMARY KEY,
  epoch        INT    NOT NULL,
  last_used_ms BIGINT NOT NULL
);

-- What a partition has of a producer. The last batches, oldest first, as 16 bytes each: base sequence 4, count 4, base
-- offset 8, the highest byte first.
CREATE TABLE producer_sequence (
  producer_id   BIGINT                    NOT NULL,
  topic_id      INT                       NOT NULL,
  partition_no  INT                       NOT NULL,
  next_sequence INT                       NOT NULL,
  recent        VARCHAR(256) FOR BIT DATA NOT NULL,
  PRIMARY KEY (producer_id, topic_id, partition_no)
);

CREATE INDEX producer_sequence_by_topic ON producer_sequence (topic_id);
