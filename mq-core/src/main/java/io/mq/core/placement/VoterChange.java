package io.mq.core.placement;

import java.util.Optional;

/**
 * The wish that other replicas of a shard vote. Its leader has the replicas agree upon it, or does not.
 *
 * @param promoted an observer that is to vote
 * @param demoted a voter that is to observe
 */
public record VoterChange(String shard, Optional<String> promoted, Optional<String> demoted) {}
