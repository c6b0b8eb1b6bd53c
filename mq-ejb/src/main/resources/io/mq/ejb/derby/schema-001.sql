-- What the last checkpoint holds. One row.
CREATE TABLE checkpoint (
  applied_index BIGINT NOT NULL,
  next_topic_id INT    NOT NULL
);

INSERT INTO checkpoint VALUES (0, 1);

-- A setting that is null follows the broker's configuration.
CREATE TABLE topic (
  topic_id          INT          NOT NULL PRIMARY KEY,
  name              VARCHAR(249) NOT NULL,
  partitions        INT          NOT NULL,
  retention_ms      BIGINT,
  retention_bytes   BIGINT,
  message_bytes_max INT,
  segment_bytes     INT          NOT NULL,
  created_at_ms     BIGINT       NOT NULL
);

-- Where each partition's log starts and ends. A partition that never held anything has no row.
CREATE TABLE partition_log (
  topic_id     INT    NOT NULL,
  partition_no INT    NOT NULL,
  start_offset BIGINT NOT NULL,
  end_offset   BIGINT NOT NULL,
  active_base  BIGINT NOT NULL,
  active_bytes INT    NOT NULL,
  max_time_ms  BIGINT NOT NULL,
  PRIMARY KEY (topic_id, partition_no)
);

CREATE TABLE group_offset (
  group_name       VARCHAR(249)  NOT NULL,
  topic_id         INT           NOT NULL,
  partition_no     INT           NOT NULL,
  committed_offset BIGINT        NOT NULL,
  metadata         CLOB(1000000) NOT NULL,
  committed_at_ms  BIGINT        NOT NULL,
  PRIMARY KEY (group_name, topic_id, partition_no)
);

CREATE INDEX group_offset_by_topic ON group_offset (topic_id);
