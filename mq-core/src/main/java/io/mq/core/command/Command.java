package io.mq.core.command;

/**
 * A change of state. Everything that must survive is changed by a command, in the one order that the journal gives, and
 * by nothing else; applying the same commands gives the same state and the same stored bytes.
 *
 * <p>A command carries what was decided when it was submitted (times, defaults, ids of topics), so that applying it
 * asks neither a clock nor a configuration.
 *
 * @param <R> what applying it answers
 */
public sealed interface Command<R>
        permits AppendCommand,
                PlacedAppendCommand,
                CommitOffsetCommand,
                CreateTopicCommand,
                AlterTopicCommand,
                DeleteTopicCommand,
                DeleteGroupCommand,
                AdvanceLogStartCommand,
                SeekCommand,
                OpenProducerCommand,
                ExpireProducersCommand,
                PutTopicCommand,
                AdoptProducerCommand,
                BarrierCommand {}
