/** The parts on a message's way by themselves, with what each allocates. Measured by JMH. */
package io.mq.bench.micro;
