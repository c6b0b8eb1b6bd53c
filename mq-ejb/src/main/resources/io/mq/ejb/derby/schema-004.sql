-- The term of the command at applied_index. A single node has none.
ALTER TABLE checkpoint ADD COLUMN applied_term BIGINT NOT NULL DEFAULT 0;
